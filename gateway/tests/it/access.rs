//! Who is let through, and how the others are told.

use serde_json::{Value, json};

use crate::kit::{Gateway, client, start};

/// What stands for "nobody is logged in", or is no token of ours.
const NOT_TOKENS: &[&str] = &[
    "null",
    "undefined",
    "",
    "Bearer",
    "Bearer null",
    "x",
    "a.b.c",
    "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiI3IiwidXNlcm5hbWUiOiJtIiwiZXhwIjo5OTk5OTk5OTk5fQ.",
];

async fn get(gateway: &Gateway, target: &str, authorization: &str) -> Value {
    let answer = client()
        .get(gateway.url(target))
        .header("authorization", authorization)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200, "{target} {authorization}");
    answer.json().await.unwrap()
}

#[actix_web::test]
async fn private_routes_answer_403_in_the_envelope_to_who_shows_no_valid_token() {
    let (gateway, services) = start().await;
    let expired = gateway.token("meixia01", -60);
    for target in ["/v1/users/null/address", "/v1/carts/null", "/v1/carts/meixia01"] {
        for authorization in NOT_TOKENS.iter().copied().chain([expired.as_str()]) {
            let answer = get(&gateway, target, authorization).await;
            assert_eq!(
                answer,
                json!({"code": 403, "error": "请登录"}),
                "{target} {authorization}"
            );
        }
    }
    assert_eq!(services.hits(), 0);
}

#[actix_web::test]
async fn order_pages_find_data_and_errmsg_beside_a_403() {
    let (gateway, services) = start().await;
    let expected = json!({"code": 403, "error": "请登录", "errmsg": "请登录", "data": {}});
    for target in [
        "/v1/orders/null?type=5&order_id=1",
        "/v1/orders/result/?out_trade_no=1",
        "/v1/orders/undefined/advance",
    ] {
        assert_eq!(get(&gateway, target, "null").await, expected, "{target}");
    }
    let answer = client()
        .post(gateway.url("/v1/orders/null"))
        .body("{}")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap()),
        (200, expected)
    );
    assert_eq!(services.hits(), 0);
}

#[actix_web::test]
async fn a_token_passes_bare_or_as_bearer_and_reaches_the_service() {
    let (gateway, _services) = start().await;
    let token = gateway.token("meixia01", 60);
    for authorization in [token.clone(), format!("Bearer {token}")] {
        let answer = get(&gateway, "/v1/carts/meixia01", &authorization).await;
        assert_eq!(answer["headers"]["authorization"], json!([authorization]));
    }
}

#[actix_web::test]
async fn two_authorization_headers_are_nobody() {
    let (gateway, services) = start().await;
    let token = gateway.token("meixia01", 60);
    let request = client()
        .get(gateway.url("/v1/carts/meixia01"))
        .header("authorization", &token);
    let answer: Value = request
        .header("authorization", "x")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!((&answer["code"], services.hits()), (&403.into(), 0));
}

#[actix_web::test]
async fn public_routes_do_not_mind_any_authorization_header() {
    let (gateway, _services) = start().await;
    for target in [
        "/v1/goods/sku",
        "/v1/goods/index",
        "/v1/users/weibo/authorization",
        "/v1/pays/return_url",
        "/media/a.png",
    ] {
        for authorization in NOT_TOKENS {
            assert_eq!(
                get(&gateway, target, authorization).await["code"],
                200,
                "{target} {authorization}"
            );
        }
    }
}
