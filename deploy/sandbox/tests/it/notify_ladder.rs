//! Notifies are repeated by the ladder until the merchant answers `success`.

use std::collections::HashSet;

use serde_json::Value;

use crate::merchant::{Merchant, Receiver, shop, value};
use crate::setup::TestSandbox;

fn attempts(trade: &Value) -> usize {
    trade["notices"][0]["attempts"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn an_unanswered_notify_climbs_ten_rungs_with_one_id_and_then_stops() {
    let sandbox = TestSandbox::start().await;
    let merchant = Merchant::with_keys_in(sandbox.dir.path());
    // Near misses: none of them is the seven bytes.
    let answers = [
        " success",
        "Success",
        "success\n",
        r#"{"code":200}"#,
        "",
        "fail",
        "ok",
        "x",
        "y",
        "z",
    ];
    let mut receiver = Receiver::start(&answers);
    merchant.pay(&sandbox, "2026A", "88.80", &receiver).await;
    sandbox.trade_when("2026A", |trade| attempts(trade) == 3).await;

    for (rung, seconds) in [
        (4, 240),
        (5, 600),
        (6, 600),
        (7, 3_600),
        (8, 7_200),
        (9, 21_600),
        (10, 54_000),
    ] {
        let almost = format!(r#"{{"advance_seconds":{}}}"#, seconds - 30);
        sandbox.put("/api/clock", &almost).await;
        let (_, trade) = sandbox.get("/api/alipay/trades/2026A").await;
        assert_eq!(attempts(&trade), rung - 1, "rung {rung} is not due yet");
        sandbox.put("/api/clock", r#"{"advance_seconds":30}"#).await;
        sandbox.trade_when("2026A", |trade| attempts(trade) == rung).await;
    }
    let mut ids = HashSet::new();
    for _ in 0..10 {
        let notify = receiver.next().await;
        assert!(merchant.verifies(&notify));
        ids.insert(value(&notify, "notify_id").to_owned());
    }
    assert_eq!(ids.len(), 1);
    sandbox.put("/api/clock", r#"{"advance_seconds":864000}"#).await;
    let (_, trade) = sandbox.get("/api/alipay/trades/2026A").await;
    assert_eq!((attempts(&trade), receiver.is_empty()), (10, true));
}

#[tokio::test]
async fn success_ends_the_ladder() {
    let sandbox = TestSandbox::start().await;
    let merchant = Merchant::with_keys_in(sandbox.dir.path());
    let receiver = Receiver::start(&["fail", "fail", "fail", "fail", "success"]);
    merchant.pay(&sandbox, "2026A", "88.80", &receiver).await;
    sandbox.trade_when("2026A", |trade| attempts(trade) == 3).await;
    // Past every rung at once: they are caught up with, one by one.
    sandbox.put("/api/clock", r#"{"advance_seconds":864000}"#).await;
    let trade = sandbox.trade_when("2026A", |trade| attempts(trade) == 5).await;
    assert_eq!(trade["notices"][0]["attempts"][4]["answer"], "success");
}

#[tokio::test]
async fn a_merchant_that_does_not_listen_is_tried_again_too() {
    let (sandbox, merchant, mut receiver) = shop().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    receiver.url = format!("http://{free}/notify");
    merchant.pay(&sandbox, "2026A", "88.80", &receiver).await;
    let trade = sandbox.trade_when("2026A", |trade| attempts(trade) == 3).await;
    assert!(trade["notices"][0]["attempts"][0]["error"].is_string());
}
