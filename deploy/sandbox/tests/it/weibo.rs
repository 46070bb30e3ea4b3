//! Weibo: who is sent back with what, and which codes are exchanged.

use reqwest::{StatusCode, Url};
use serde_json::Value;

use crate::setup::{TestSandbox, WEIBO_ID, WEIBO_SECRET};

const BACK: &str = "http://shop.example/callback.html";

async fn press(sandbox: &TestSandbox, decision: &str) -> Vec<(String, String)> {
    let form = [
        ("client_id", WEIBO_ID),
        ("redirect_uri", BACK),
        ("state", "s & s"),
        ("uid", "1404376560"),
        ("decision", decision),
    ];
    let request = sandbox.client.post(format!("{}/weibo/authorize", sandbox.url));
    let answer = request.form(&form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FOUND);
    let back = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    assert!(back.as_str().starts_with(BACK), "{back}");
    back.query_pairs().into_owned().collect()
}

fn field(pairs: &[(String, String)], name: &str) -> Option<String> {
    let (_, value) = pairs.iter().find(|(key, _)| key == name)?;
    Some(value.clone())
}

async fn exchange(sandbox: &TestSandbox, code: &str, secret: &str, back: &str) -> (StatusCode, Value) {
    let form = [
        ("client_id", WEIBO_ID),
        ("client_secret", secret),
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", back),
    ];
    let request = sandbox.client.post(format!("{}/weibo/access_token", sandbox.url));
    let answer = request.form(&form).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap_or_default())
}

async fn code(sandbox: &TestSandbox) -> String {
    field(&press(sandbox, "allow").await, "code").unwrap()
}

#[tokio::test]
async fn the_page_has_a_form_that_leads_back_with_code_and_state() {
    let sandbox = TestSandbox::start().await;
    let page = sandbox.client.get(format!("{}/weibo/authorize", sandbox.url));
    let query = [
        ("client_id", WEIBO_ID),
        ("redirect_uri", BACK),
        ("response_type", "code"),
        ("state", "s & \"s\""),
    ];
    let page = page.query(&query).send().await.unwrap().text().await.unwrap();
    assert!(
        page.contains("<form") && page.contains("s &amp; &quot;s&quot;"),
        "{page}"
    );
    let back = press(&sandbox, "allow").await;
    assert_eq!(field(&back, "state").as_deref(), Some("s & s"));
    let (status, answer) = exchange(&sandbox, &field(&back, "code").unwrap(), WEIBO_SECRET, BACK).await;
    assert_eq!((status, &answer["uid"]), (StatusCode::OK, &"1404376560".into()));
    sandbox.stop().await;
}

#[tokio::test]
async fn a_refusal_leads_back_without_a_code() {
    let sandbox = TestSandbox::start().await;
    let back = press(&sandbox, "deny").await;
    assert_eq!(field(&back, "error").as_deref(), Some("access_denied"));
    assert_eq!(field(&back, "code"), None);
    sandbox.stop().await;
}

#[tokio::test]
async fn a_code_is_good_once_and_for_the_shop_it_was_given_to() {
    let sandbox = TestSandbox::start().await;
    let used = code(&sandbox).await;
    exchange(&sandbox, &used, WEIBO_SECRET, BACK).await;
    for (code, secret, back, error) in [
        (used, WEIBO_SECRET, BACK, "invalid_grant"),
        (code(&sandbox).await, "another", BACK, "invalid_client"),
        (
            code(&sandbox).await,
            WEIBO_SECRET,
            "http://evil.example/",
            "redirect_uri_mismatch",
        ),
        ("x".to_owned(), WEIBO_SECRET, BACK, "invalid_grant"),
    ] {
        let (status, answer) = exchange(&sandbox, &code, secret, back).await;
        assert_eq!(
            (status, answer["error"].as_str()),
            (StatusCode::BAD_REQUEST, Some(error))
        );
    }
    sandbox.stop().await;
}

#[tokio::test]
async fn the_switch_makes_the_exchange_fail() {
    let sandbox = TestSandbox::start().await;
    for (switch, status, error) in [
        ("error", 400, Some("temporarily_unavailable")),
        ("expired", 400, Some("invalid_grant")),
        ("no_uid", 200, None),
        ("html", 502, None),
    ] {
        let body = format!("{{\"weibo\":\"{switch}\"}}");
        sandbox.put("/api/switches", &body).await;
        let code = code(&sandbox).await;
        let (answered, answer) = exchange(&sandbox, &code, WEIBO_SECRET, BACK).await;
        assert_eq!(
            (answered.as_u16(), answer["error"].as_str()),
            (status, error),
            "{switch}"
        );
        assert!(answer["uid"].is_null());
    }
    sandbox.stop().await;
}
