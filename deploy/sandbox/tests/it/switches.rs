//! Failure switches do what their table says, and nothing else can be turned.

use serde_json::json;

use crate::merchant::{Merchant, Pairs, Receiver, shop, value};
use crate::setup::{APP_ID, TestSandbox};

/// The first notify of a trade paid while `notify` stands at `switch`.
async fn notify_under(switch: &str, sandbox: &TestSandbox) -> (Merchant, Receiver, Pairs) {
    let merchant = Merchant::with_keys_in(sandbox.dir.path());
    let mut receiver = Receiver::start(&[]);
    sandbox
        .put("/api/switches", &json!({"notify": switch}).to_string())
        .await;
    merchant
        .open_cashier(sandbox, &merchant.pay_query("2026A", "88.80", &receiver))
        .await;
    sandbox.post("/api/alipay/trades/2026A/pay").await;
    if switch == "slow" {
        assert!(receiver.is_empty());
        sandbox.put("/api/clock", r#"{"advance_seconds":5}"#).await;
    }
    let notify = receiver.next().await;
    (merchant, receiver, notify)
}

#[tokio::test]
async fn a_wrongly_signed_notify_does_not_verify() {
    let sandbox = TestSandbox::start().await;
    let (merchant, _, notify) = notify_under("wrong_sign", &sandbox).await;
    assert!(!merchant.verifies(&notify));
}

#[tokio::test]
async fn a_wrong_amount_and_a_wrong_app_are_rightly_signed() {
    let sandbox = TestSandbox::start().await;
    let (merchant, _, notify) = notify_under("wrong_amount", &sandbox).await;
    assert!(merchant.verifies(&notify));
    assert_eq!(value(&notify, "total_amount"), "88.81");
    let sandbox = TestSandbox::start().await;
    let (merchant, _, notify) = notify_under("wrong_app_id", &sandbox).await;
    assert!(merchant.verifies(&notify));
    assert_ne!(value(&notify, "app_id"), APP_ID);
}

#[tokio::test]
async fn a_duplicate_notify_comes_twice_with_one_id() {
    let sandbox = TestSandbox::start().await;
    let (_, mut receiver, notify) = notify_under("duplicate", &sandbox).await;
    assert_eq!(
        value(&receiver.next().await, "notify_id"),
        value(&notify, "notify_id")
    );
}

#[tokio::test]
async fn a_slow_notify_comes_when_the_clock_was_turned() {
    let sandbox = TestSandbox::start().await;
    let (merchant, _, notify) = notify_under("slow", &sandbox).await;
    assert!(merchant.verifies(&notify));
}

#[tokio::test]
async fn lost_notifies_count_as_attempts_and_come_when_the_switch_is_on_again() {
    let (sandbox, merchant, mut receiver) = shop().await;
    sandbox.put("/api/switches", r#"{"notify":"off"}"#).await;
    merchant.pay(&sandbox, "2026A", "88.80", &receiver).await;
    sandbox
        .trade_when("2026A", |trade| {
            trade["notices"][0]["attempts"].as_array().unwrap().len() == 3
        })
        .await;
    assert!(receiver.is_empty());
    sandbox.put("/api/switches", r#"{"notify":"on"}"#).await;
    sandbox.put("/api/clock", r#"{"advance_seconds":240}"#).await;
    assert!(merchant.verifies(&receiver.next().await));
}

#[tokio::test]
async fn a_query_can_fail_or_be_wrongly_signed() {
    let sandbox = TestSandbox::start().await;
    let merchant = Merchant::with_keys_in(sandbox.dir.path());
    sandbox.put("/api/switches", r#"{"query":"error"}"#).await;
    let answer = merchant
        .call(&sandbox, "alipay.trade.query", &json!({"out_trade_no": "1"}))
        .await;
    assert_eq!(
        (&answer["code"], &answer["sub_code"]),
        (&json!("20000"), &json!("isp.unknow-error"))
    );

    sandbox.put("/api/switches", r#"{"query":"wrong_sign"}"#).await;
    let pairs = merchant.signed("alipay.trade.query", &json!({"out_trade_no": "1"}), &[]);
    let query = serde_urlencoded::to_string(pairs).unwrap();
    let url = format!("{}/alipay/gateway.do?{query}", sandbox.url);
    let body = sandbox
        .client
        .get(url)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        merchant
            .read_answer(&body, "alipay_trade_query_response")
            .is_none()
    );
}

#[tokio::test]
async fn switches_keep_what_is_not_named_and_refuse_what_they_do_not_know() {
    let sandbox = TestSandbox::start().await;
    sandbox.put("/api/switches", r#"{"sms":"error"}"#).await;
    let (_, switches) = sandbox
        .put("/api/switches", r#"{"smtp":"error","query":"hang"}"#)
        .await;
    let expected = json!({
        "notify": "on", "query": "hang", "refund": "on", "gateway": "on", "buyer": "on", "bill": "on",
        "sms": "error", "smtp": "error", "weibo": "on",
    });
    assert_eq!(switches, expected);
    for body in [r#"{"fax":"on"}"#, r#"{"sms":"maybe"}"#, r#"{"sms":1}"#, "", "[1]"] {
        let (status, error) = sandbox.put("/api/switches", body).await;
        assert_eq!(
            (status.as_u16(), error["error"].as_str()),
            (400, Some("bad_request")),
            "{body}"
        );
    }
    assert_eq!(sandbox.get("/api/switches").await.1, expected);
    assert_eq!(
        sandbox.put("/api/clock", r#"{"advance_seconds":-1}"#).await.0,
        400
    );
}
