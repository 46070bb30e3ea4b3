//! Where a request comes from and whom it is addressed to.

use gateway::settings::{HOSTS, TRUSTED_PROXIES};
use serde_json::{Value, json};

use crate::kit::{Gateway, Services, client, start_with};

/// What the service is told when the client sends these headers.
async fn told(gateway: &Gateway, headers: &[(&str, &str)]) -> Value {
    let request = headers.iter().fold(
        client().get(gateway.url("/v1/goods/index")),
        |request, (name, value)| request.header(*name, *value),
    );
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    json!([
        answer["headers"]["x-forwarded-for"],
        answer["headers"]["x-forwarded-proto"]
    ])
}

#[actix_web::test]
async fn a_proxy_of_ours_is_believed_and_the_service_gets_one_address() {
    let (gateway, _services) = start_with(&[(TRUSTED_PROXIES, "127.0.0.0/8")]).await;
    let forwarded = [
        ("x-forwarded-for", "6.6.6.6, 203.0.113.9"),
        ("x-forwarded-proto", "https"),
    ];
    assert_eq!(
        told(&gateway, &forwarded).await,
        json!([["203.0.113.9"], ["https"]])
    );
    assert_eq!(told(&gateway, &[]).await, json!([["127.0.0.1"], ["http"]]));
    let answer = client()
        .get(gateway.url("/v1/goods/index"))
        .header("x-forwarded-proto", "https");
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");
}

#[actix_web::test]
async fn a_stranger_is_not_believed() {
    let (gateway, _services) = start_with(&[(TRUSTED_PROXIES, "10.0.0.0/8")]).await;
    let forwarded = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https")];
    assert_eq!(told(&gateway, &forwarded).await, json!([["127.0.0.1"], ["http"]]));
}

async fn status_for_host(gateway: &Gateway, host: &str) -> u16 {
    let request = client().get(gateway.url("/v1/goods/index")).header("host", host);
    request.send().await.unwrap().status().as_u16()
}

#[actix_web::test]
async fn a_request_to_another_host_is_400_and_reaches_nobody() {
    let (gateway, services): (Gateway, Services) = start_with(&[(HOSTS, "shop.example")]).await;
    for host in ["evil.example", "shop.example.evil", "8.8.8.8", "x@shop.example"] {
        assert_eq!(status_for_host(&gateway, host).await, 400, "{host}");
    }
    assert_eq!(services.hits(), 0);
    for host in ["shop.example", "Shop.Example:8443", "127.0.0.1:1", "localhost"] {
        assert_eq!(status_for_host(&gateway, host).await, 200, "{host}");
    }
}
