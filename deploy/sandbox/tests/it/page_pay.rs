//! Page pay from the signed URL to the paid trade.

use chrono::{FixedOffset, TimeDelta, Utc};
use serde_json::json;

use crate::merchant::{Merchant, Pairs, Receiver, assert_values, shop, value};
use crate::setup::{APP_ID, SELLER_ID, TestSandbox};

async fn press(sandbox: &TestSandbox, out_trade_no: &str, button: &str) -> String {
    let url = format!("{}/alipay/cashier/{out_trade_no}/{button}", sandbox.url);
    let response = sandbox.client.post(url).send().await.unwrap();
    assert_eq!(response.status(), 302);
    response.headers()["location"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_trade_exists_once_its_pay_url_is_opened_and_is_paid_by_the_button() {
    let (sandbox, merchant, receiver) = shop().await;
    let query = async || {
        merchant
            .call(&sandbox, "alipay.trade.query", &json!({"out_trade_no": "2026A"}))
            .await
    };
    let unknown = query().await;
    assert_eq!(
        (&unknown["code"], &unknown["sub_code"]),
        (&json!("40004"), &json!("ACQ.TRADE_NOT_EXIST"))
    );

    let page = merchant
        .open_cashier(&sandbox, &merchant.pay_query("2026A", "88.80", &receiver))
        .await;
    for shown in ["¥ 88.80", "2026A", "付款", "取消"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert_eq!(query().await["trade_status"], "WAIT_BUYER_PAY");

    press(&sandbox, "2026A", "pay").await;
    let paid = query().await;
    assert_eq!(
        (&paid["code"], &paid["trade_status"]),
        (&json!("10000"), &json!("TRADE_SUCCESS"))
    );
    assert_eq!(paid["total_amount"], "88.80");
    let by_trade_no = json!({"trade_no": paid["trade_no"]});
    let paid = merchant.call(&sandbox, "alipay.trade.query", &by_trade_no).await;
    assert_eq!(paid["out_trade_no"], "2026A");
}

#[tokio::test]
async fn paying_leads_back_with_signed_parameters() {
    let (sandbox, merchant, receiver) = shop().await;
    merchant
        .open_cashier(&sandbox, &merchant.pay_query("2026A", "88.80", &receiver))
        .await;
    let location = press(&sandbox, "2026A", "pay").await;
    let (address, query) = location.split_once('?').unwrap();
    assert_eq!(address, "http://shop.test/result.html");
    let mut returned: Pairs = serde_urlencoded::from_str(query).unwrap();
    assert_eq!(returned.remove(0), ("from".to_owned(), "pay".to_owned()));
    assert!(merchant.verifies(&returned));
    let expected = [
        ("out_trade_no", "2026A"),
        ("total_amount", "88.80"),
        ("app_id", APP_ID),
        ("auth_app_id", APP_ID),
        ("seller_id", SELLER_ID),
        ("method", "alipay.trade.page.pay.return"),
    ];
    assert_values(&returned, &expected);
}

#[tokio::test]
async fn paying_notifies_the_merchant_with_all_fields_of_the_trade() {
    let (sandbox, merchant, mut receiver) = shop().await;
    merchant.pay(&sandbox, "2026A", "88.80", &receiver).await;
    let notify = receiver.next().await;
    assert!(merchant.verifies(&notify));
    let trade = sandbox
        .trade_when("2026A", |trade| trade["notices"][0]["attempts"][0].is_object())
        .await;
    let expected = [
        ("notify_type", "trade_status_sync"),
        ("app_id", APP_ID),
        ("seller_id", SELLER_ID),
        ("trade_status", "TRADE_SUCCESS"),
        ("out_trade_no", "2026A"),
        ("total_amount", "88.80"),
        ("receipt_amount", "88.80"),
        ("subject", "达达 + 商城 2026A"),
        ("trade_no", trade["trade_no"].as_str().unwrap()),
    ];
    assert_values(&notify, &expected);
    assert_eq!(trade["notices"][0]["attempts"][0]["answer"], "success");
    assert!(receiver.is_empty());
}

#[tokio::test]
async fn the_api_buttons_need_an_opened_pay_url_and_an_unpaid_trade() {
    let (sandbox, merchant, receiver) = shop().await;
    assert_eq!(sandbox.post("/api/alipay/trades/2026A/pay").await.0, 404);

    merchant
        .open_cashier(&sandbox, &merchant.pay_query("2026A", "0.01", &receiver))
        .await;
    let (status, left) = sandbox.post("/api/alipay/trades/2026A/cancel").await;
    assert_eq!(
        (status.as_u16(), &left["status"]),
        (200, &json!("WAIT_BUYER_PAY"))
    );
    assert_eq!(left["return_url"], "http://shop.test/result.html?from=pay");

    let (status, paid) = sandbox.post("/api/alipay/trades/2026A/pay").await;
    assert_eq!((status.as_u16(), &paid["status"]), (200, &json!("TRADE_SUCCESS")));
    assert!(
        paid["return_url"]
            .as_str()
            .unwrap()
            .contains("out_trade_no=2026A")
    );
    assert_eq!(sandbox.post("/api/alipay/trades/2026A/pay").await.0, 409);
    assert_eq!(sandbox.post("/api/alipay/trades/2026A/cancel").await.0, 409);
    let again = press(&sandbox, "2026A", "pay").await;
    assert!(
        again.contains("trade_no="),
        "a second press ends where the first did"
    );
}

#[tokio::test]
async fn of_two_buyers_at_one_cashier_one_pays() {
    let (sandbox, merchant, receiver) = shop().await;
    merchant
        .open_cashier(&sandbox, &merchant.pay_query("2026A", "88.80", &receiver))
        .await;
    let pay = async || sandbox.post("/api/alipay/trades/2026A/pay").await.0.as_u16();
    let (one, other) = tokio::join!(pay(), pay());
    assert_eq!((one.min(other), one.max(other)), (200, 409));
    let (_, trade) = sandbox.get("/api/alipay/trades/2026A").await;
    assert_eq!(trade["notices"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn leaving_the_cashier_leads_back_without_parameters_and_keeps_the_trade_open() {
    let (sandbox, merchant, receiver) = shop().await;
    let query = merchant.pay_query("2026A", "88.80", &receiver);
    merchant.open_cashier(&sandbox, &query).await;
    assert_eq!(
        press(&sandbox, "2026A", "cancel").await,
        "http://shop.test/result.html?from=pay"
    );
    let page = merchant.open_cashier(&sandbox, &query).await;
    assert!(page.contains("付款"), "{page}");
}

#[tokio::test]
async fn a_trade_closes_when_its_time_is_over() {
    let sandbox = TestSandbox::start().await;
    let merchant = Merchant::with_keys_in(sandbox.dir.path());
    let gmt8 = FixedOffset::east_opt(8 * 3600).unwrap();
    let expiry = (Utc::now() + TimeDelta::seconds(2))
        .with_timezone(&gmt8)
        .format("%Y-%m-%d %H:%M:%S");
    let content = json!({
        "out_trade_no": "2026A", "product_code": "FAST_INSTANT_TRADE_PAY", "total_amount": "1.00",
        "subject": "x", "time_expire": expiry.to_string(),
    });
    let query = serde_urlencoded::to_string(merchant.signed("alipay.trade.page.pay", &content, &[])).unwrap();
    merchant.open_cashier(&sandbox, &query).await;
    sandbox
        .trade_when("2026A", |trade| trade["status"] == "TRADE_CLOSED")
        .await;
    assert_eq!(sandbox.post("/api/alipay/trades/2026A/pay").await.0, 409);
    assert!(
        merchant
            .open_cashier(&sandbox, &query)
            .await
            .contains("ACQ.INVALID_PARAMETER")
    );
}

#[tokio::test]
async fn trades_and_undelivered_notifies_survive_a_restart() {
    let sandbox = TestSandbox::start().await;
    let merchant = Merchant::with_keys_in(sandbox.dir.path());
    let mut receiver = Receiver::start(&["fail", "fail", "fail"]);
    merchant.pay(&sandbox, "2026A", "88.80", &receiver).await;
    sandbox
        .trade_when("2026A", |trade| {
            trade["notices"][0]["attempts"].as_array().unwrap().len() == 3
        })
        .await;
    let first = receiver.next().await;

    let sandbox = TestSandbox::start_in(sandbox.stop().await).await;
    let (_, trade) = sandbox.get("/api/alipay/trades/2026A").await;
    assert_eq!(trade["status"], "TRADE_SUCCESS");
    sandbox.put("/api/clock", r#"{"advance_seconds":240}"#).await;
    sandbox
        .trade_when("2026A", |trade| {
            trade["notices"][0]["attempts"][3]["answer"] == "success"
        })
        .await;
    let (_, _, last) = (
        receiver.next().await,
        receiver.next().await,
        receiver.next().await,
    );
    assert!(
        Merchant::with_keys_in(sandbox.dir.path()).verifies(&last),
        "the keys are the same"
    );
    assert_eq!(value(&last, "notify_id"), value(&first, "notify_id"));
}
