//! What pages of other origins are told (contract §0.7, §1.1.10).

use gateway::settings::CORS_ORIGINS;
use reqwest::{Method, Response};

use crate::kit::{Gateway, client, start};

const ORIGIN: &str = "http://127.0.0.1:7000";

async fn ask(gateway: &Gateway, method: Method, target: &str, origin: Option<&str>) -> Response {
    let mut request = client().request(method, gateway.url(target));
    if let Some(origin) = origin {
        request = request.header("origin", origin);
    }
    request.send().await.unwrap()
}

fn allowed_origin(answer: &Response) -> Option<&str> {
    answer
        .headers()
        .get("access-control-allow-origin")
        .map(|value| value.to_str().unwrap())
}

fn vary(answer: &Response) -> Vec<&str> {
    answer
        .headers()
        .get_all("vary")
        .iter()
        .map(|value| value.to_str().unwrap())
        .collect()
}

#[actix_web::test]
async fn a_preflight_is_answered_on_every_path_before_anything_else() {
    let (gateway, services) = start().await;
    for target in [
        "/v1/goods/index",
        "/v1/carts/meixia01",
        "/v1/carts/null?x=1",
        "/v1/orders/result/?sign=a%2Fb",
        "/nowhere?x=/../",
        "/internal/skus",
        "/",
        "/a//b",
        "/v1/users/%2e%2e/x",
    ] {
        for request_headers in ["content-type", "authorization,content-type", "x-anything"] {
            let request = client()
                .request(Method::OPTIONS, gateway.url(target))
                .header("origin", ORIGIN)
                .header("access-control-request-method", "DELETE")
                .header("access-control-request-headers", request_headers);
            let answer = request.send().await.unwrap();
            assert!(answer.status().is_success(), "{target}");
            assert_eq!(allowed_origin(&answer), Some(ORIGIN), "{target}");
            let header = |name: &str| answer.headers()[name].to_str().unwrap();
            assert_eq!(
                header("access-control-allow-methods"),
                "DELETE, GET, OPTIONS, PATCH, POST, PUT"
            );
            assert_eq!(
                header("access-control-allow-headers"),
                "accept-encoding, authorization, content-type, dnt, idempotency-key, origin, user-agent, x-csrftoken, \
                 x-requested-with"
            );
            assert_eq!(header("access-control-max-age"), "600");
            assert!(!answer.headers().contains_key("access-control-allow-credentials"));
            assert_eq!(vary(&answer), ["Origin"]);
        }
    }
    assert_eq!(services.hits(), 0);
}

#[actix_web::test]
async fn an_options_request_without_origin_is_answered_too() {
    let (gateway, _services) = start().await;
    let answer = ask(&gateway, Method::OPTIONS, "/v1/goods/index", None).await;
    assert_eq!((answer.status().as_u16(), allowed_origin(&answer)), (204, None));
}

#[actix_web::test]
async fn every_answer_names_the_listed_origin_whatever_became_of_the_request() {
    let (gateway, _services) = start().await;
    let long = format!("/v1/goods/{}", "x".repeat(5000));
    for (target, status) in [
        ("/v1/goods/index", 200),
        ("/media/a.png", 200),
        ("/v1/carts/null", 200),
        ("/nowhere", 404),
        ("/v1//goods", 400),
        (&long, 414),
    ] {
        let answer = ask(&gateway, Method::GET, target, Some(ORIGIN)).await;
        assert_eq!(
            (answer.status().as_u16(), allowed_origin(&answer)),
            (status, Some(ORIGIN)),
            "{target}"
        );
        assert_eq!(vary(&answer), ["Origin"]);
        assert!(
            !answer.headers().contains_key("access-control-allow-credentials"),
            "{target}"
        );
    }
}

#[actix_web::test]
async fn other_origins_are_not_named() {
    let (gateway, _services) = start().await;
    for origin in [
        Some("http://evil.example"),
        Some("null"),
        Some("http://127.0.0.1:7001"),
        Some("http://127.0.0.1:7000.evil.example"),
        Some("HTTP://127.0.0.1:7000"),
        Some("*"),
        None,
    ] {
        for method in [Method::GET, Method::OPTIONS] {
            let answer = ask(&gateway, method, "/v1/goods/index", origin).await;
            assert_eq!(
                (allowed_origin(&answer), vary(&answer)),
                (None, vec!["Origin"]),
                "{origin:?}"
            );
        }
    }
}

#[actix_web::test]
async fn a_star_in_the_settings_allows_all() {
    let gateway = Gateway::start(&[(CORS_ORIGINS, "*")]).await;
    let answer = ask(&gateway, Method::GET, "/nowhere", Some("http://anywhere.example")).await;
    assert_eq!(allowed_origin(&answer), Some("*"));
}
