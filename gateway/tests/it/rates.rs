//! How much may be asked, by one address and one user, of all replicas together.

use common::settings::{KV_URL, LIMITS, NAMESPACE, Setting};
use gateway::settings::{RATE_PER_ADDRESS, RATE_PER_USER, TRUSTED_PROXIES};
use serde_json::Value;

use crate::kit::{Gateway, client, start_with};

const PROXIED: (Setting, &str) = (TRUSTED_PROXIES, "127.0.0.1");

/// Asks for the target from this address; the status and `Retry-After`.
async fn ask(gateway: &Gateway, method: &str, target: &str, from: &str, token: &str) -> (u16, Option<u64>) {
    let method = method.parse().unwrap();
    let request = client()
        .request(method, gateway.url(target))
        .header("x-forwarded-for", from)
        .header("authorization", token);
    let answer = request.send().await.unwrap();
    let retry_after = answer.headers().get("retry-after");
    let retry_after = retry_after.map(|seconds| seconds.to_str().unwrap().parse().unwrap());
    let status = answer.status().as_u16();
    if status == 429 {
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], 429);
    }
    (status, retry_after)
}

async fn allowed(gateway: &Gateway, tries: usize, method: &str, target: &str, from: &str) -> usize {
    let token = gateway.token("meixia01", 60);
    let mut allowed = 0;
    for _ in 0..tries {
        let (status, retry_after) = ask(gateway, method, target, from, &token).await;
        assert_eq!(status == 429, retry_after.is_some_and(|seconds| seconds > 0));
        allowed += usize::from(status == 200);
    }
    allowed
}

#[actix_web::test]
async fn an_address_that_asks_too_much_is_429_and_the_others_are_not() {
    let settings = [PROXIED, (LIMITS, "on"), (RATE_PER_ADDRESS, "1/5")];
    let (gateway, services) = start_with(&settings).await;
    let got = allowed(&gateway, 15, "GET", "/v1/goods/index", "203.0.113.1").await;
    assert!((5..=8).contains(&got), "{got}");
    assert_eq!(services.hits(), got);
    assert_eq!(
        ask(&gateway, "GET", "/v1/goods/index", "203.0.113.2", "").await,
        (200, None)
    );
    assert_eq!(
        allowed(&gateway, 15, "GET", "/media/a.png", "203.0.113.1").await,
        15
    );
}

#[actix_web::test]
async fn a_user_is_counted_wherever_the_requests_come_from() {
    let settings = [PROXIED, (LIMITS, "on"), (RATE_PER_USER, "1/5")];
    let (gateway, _services) = start_with(&settings).await;
    let token = gateway.token("meixia01", 60);
    let mut got = 0;
    for n in 0..15 {
        let from = format!("203.0.113.{n}");
        let (status, _) = ask(&gateway, "GET", "/v1/carts/meixia01", &from, &token).await;
        got += usize::from(status == 200);
    }
    assert!((5..=8).contains(&got), "{got}");
}

#[actix_web::test]
async fn what_costs_dearly_has_limits_of_its_own() {
    let settings = [PROXIED, (LIMITS, "on"), (RATE_PER_USER, "1000/1000")];
    let (gateway, _services) = start_with(&settings).await;
    for (method, target, from, most) in [
        ("POST", "/v1/users/sms/code", "203.0.113.1", 10),
        ("POST", "/v1/orders/meixia01", "203.0.113.2", 10),
        ("POST", "/v1/tokens", "203.0.113.3", 30),
        ("POST", "/v1/goods/search", "203.0.113.4", 30),
    ] {
        let got = allowed(&gateway, 45, method, target, from).await;
        assert!((most..=most + 15).contains(&got), "{target}: {got}");
    }
    assert_eq!(
        allowed(&gateway, 20, "GET", "/v1/orders/meixia01", "203.0.113.5").await,
        20
    );
}

#[actix_web::test]
async fn limits_that_are_off_let_everything_through() {
    let settings = [PROXIED, (RATE_PER_ADDRESS, "1/1")];
    let (gateway, _services) = start_with(&settings).await;
    assert_eq!(
        allowed(&gateway, 30, "POST", "/v1/users/sms/code", "203.0.113.1").await,
        30
    );
}

/// Skipped where there is no Redis, as the tests of the store are.
#[actix_web::test]
async fn replicas_share_their_counts_through_redis() {
    let redis = "redis://127.0.0.1:6379";
    if tokio::net::TcpStream::connect("127.0.0.1:6379").await.is_err() {
        return;
    }
    let namespace = format!("test-{:x}", rand::random::<u64>());
    let settings = [
        PROXIED,
        (LIMITS, "on"),
        (KV_URL, redis),
        (NAMESPACE, namespace.as_str()),
        (RATE_PER_ADDRESS, "20/20"),
    ];
    let (one, _services) = start_with(&settings).await;
    let (two, _services_too) = start_with(&settings).await;
    let sms = "/v1/users/sms/code";
    assert_eq!(allowed(&one, 10, "POST", sms, "203.0.113.1").await, 10);
    assert_eq!(allowed(&two, 5, "POST", sms, "203.0.113.1").await, 0);
}
