//! Which request reaches which service, and which reaches none.

use std::time::Duration;

use serde_json::Value;

use crate::kit::{client, start};

/// Every call of the contract: method, target, service, the target as the service sees it.
const CALLS: &[(&str, &str, &str, &str)] = &[
    ("POST", "/v1/users/register", "users", "/v1/users/register"),
    ("POST", "/v1/users", "users", "/v1/users"),
    ("POST", "/v1/users/", "users", "/v1/users"),
    ("POST", "/v1/users/login", "users", "/v1/users/login"),
    ("POST", "/v1/tokens", "users", "/v1/tokens"),
    (
        "GET",
        "/v1/users/activation?code=a_b%3D=&x",
        "users",
        "/v1/users/activation?code=a_b%3D=&x",
    ),
    ("POST", "/v1/users/sms/code", "users", "/v1/users/sms/code"),
    (
        "GET",
        "/v1/users/meixia01/address",
        "users",
        "/v1/users/meixia01/address",
    ),
    (
        "POST",
        "/v1/users/meixia01/address",
        "users",
        "/v1/users/meixia01/address",
    ),
    (
        "PUT",
        "/v1/users/meixia01/address/3",
        "users",
        "/v1/users/meixia01/address/3",
    ),
    (
        "DELETE",
        "/v1/users/meixia01/address/3",
        "users",
        "/v1/users/meixia01/address/3",
    ),
    (
        "POST",
        "/v1/users/meixia01/address/default",
        "users",
        "/v1/users/meixia01/address/default",
    ),
    (
        "POST",
        "/v1/users/meixia01/password",
        "users",
        "/v1/users/meixia01/password",
    ),
    (
        "POST",
        "/v1/users/password/sms",
        "users",
        "/v1/users/password/sms",
    ),
    (
        "POST",
        "/v1/users/password/verification/",
        "users",
        "/v1/users/password/verification",
    ),
    (
        "POST",
        "/v1/users/password/new",
        "users",
        "/v1/users/password/new",
    ),
    (
        "GET",
        "/v1/users/weibo/authorization",
        "users",
        "/v1/users/weibo/authorization",
    ),
    (
        "GET",
        "/v1/users/weibo/users?code=7",
        "users",
        "/v1/users/weibo/users?code=7",
    ),
    ("POST", "/v1/users/weibo/users", "users", "/v1/users/weibo/users"),
    (
        "POST",
        "/v1/users/weibo/users/binduser",
        "users",
        "/v1/users/weibo/users/binduser",
    ),
    ("GET", "/v1/goods/index", "goods", "/v1/goods/index"),
    (
        "GET",
        "/v1/goods/catalogs/undefined?launched=true&page=2",
        "goods",
        "/v1/goods/catalogs/undefined?launched=true&page=2",
    ),
    ("GET", "/v1/goods/detail/11", "goods", "/v1/goods/detail/11"),
    ("POST", "/v1/goods/sku", "goods", "/v1/goods/sku"),
    (
        "GET",
        "/v1/goods/sku?21=32&22=34&spuid=6",
        "goods",
        "/v1/goods/sku?21=32&22=34&spuid=6",
    ),
    ("POST", "/v1/goods/search", "goods", "/v1/goods/search"),
    (
        "GET",
        "/media/sku/1_CWVre0U.png",
        "goods",
        "/media/sku/1_CWVre0U.png",
    ),
    ("GET", "/v1/carts/meixia01", "carts", "/v1/carts/meixia01"),
    ("POST", "/v1/carts/meixia01", "carts", "/v1/carts/meixia01"),
    (
        "PUT",
        "/v1/carts/%E8%BE%BE%E8%BE%BE",
        "carts",
        "/v1/carts/%E8%BE%BE%E8%BE%BE",
    ),
    ("DELETE", "/v1/carts/meixia01/", "carts", "/v1/carts/meixia01"),
    (
        "GET",
        "/v1/orders/meixia01/advance?settlement_type=0",
        "orders",
        "/v1/orders/meixia01/advance?settlement_type=0",
    ),
    ("POST", "/v1/orders/meixia01", "orders", "/v1/orders/meixia01"),
    (
        "GET",
        "/v1/orders/meixia01?type=5&order_id=202611211930457",
        "orders",
        "/v1/orders/meixia01?type=5&order_id=202611211930457",
    ),
    ("PUT", "/v1/orders/meixia01", "orders", "/v1/orders/meixia01"),
    (
        "GET",
        "/v1/orders/result/?sign=a%2Fb+c%3D&x=%00&x=",
        "orders",
        "/v1/orders/result?sign=a%2Fb+c%3D&x=%00&x=",
    ),
    (
        "GET",
        "/v1/pays/return_url?out_trade_no=1",
        "pays",
        "/v1/pays/return_url?out_trade_no=1",
    ),
    ("POST", "/v1/pays/notify_url", "pays", "/v1/pays/notify_url"),
];

#[actix_web::test]
async fn every_call_of_the_contract_reaches_its_service_as_it_was_written() {
    let (gateway, _services) = start().await;
    let token = gateway.token("meixia01", 60);
    for (method, target, service, seen) in CALLS {
        let request = client()
            .request(method.parse().unwrap(), gateway.url(target))
            .header("authorization", &token);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{method} {target}");
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["service"], *service, "{method} {target}");
        assert_eq!(answer["method"], *method, "{target}");
        assert_eq!(answer["target"], *seen, "{method} {target}");
    }
}

#[actix_web::test]
async fn internal_and_unknown_addresses_are_404_in_the_envelope_and_reach_nobody() {
    let (gateway, services) = start().await;
    let token = gateway.token("meixia01", 60);
    for target in [
        "/",
        "/internal/skus/query",
        "/internal/reservations/7",
        "/internal",
        "/v1/internal/x",
        "/v2/goods/index",
        "/V1/goods/index",
        "/v1/Goods/index",
        "/v1/goods",
        "/healthz",
        "/readyz",
        "/metrics",
        "/v1/users/meixia01",
        "/v1/%67oods/index",
    ] {
        let answer = client()
            .get(gateway.url(target))
            .header("authorization", &token)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 404, "{target}");
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(
            (&answer["code"], answer["error"].is_string()),
            (&404.into(), true),
            "{target}"
        );
    }
    assert_eq!(services.hits(), 0);
}

#[actix_web::test]
async fn a_failure_is_told_in_the_readers_language_or_as_a_problem() {
    let (gateway, _services) = start().await;
    let ask = |name, value| client().get(gateway.url("/nowhere")).header(name, value).send();
    let english: Value = ask("accept-language", "en-GB")
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(english["error"], "There is no such address");
    let problem = ask("accept", "application/problem+json").await.unwrap();
    assert_eq!(problem.headers()["content-type"], "application/problem+json");
    assert_eq!(problem.json::<Value>().await.unwrap()["status"], 404);
}

#[actix_web::test]
async fn a_query_passes_byte_for_byte_even_where_it_should_have_been_escaped() {
    let (gateway, _services) = start().await;
    for query in ["q=a|b{c}[d]", "a=1&a=2&&=&%zz", "q=/../;x", "?"] {
        let request = format!("GET /v1/goods/index?{query} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        let said = gateway.say(request.as_bytes(), Duration::from_secs(5)).await;
        assert!(
            said.contains(&format!(r#""target":"/v1/goods/index?{query}""#)),
            "{query}: {said}"
        );
    }
}

#[actix_web::test]
async fn head_is_passed_on_and_answered_without_a_body() {
    let (gateway, _services) = start().await;
    let answer = client()
        .head(gateway.url("/v1/goods/index"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/json");
    let length: usize = answer.headers()["content-length"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(length > 0);
    assert_eq!(answer.text().await.unwrap(), "");
}
