//! Refunds: partial, repeated, in full, and what the merchant hears of them.

use serde_json::{Value, json};

use crate::merchant::{Merchant, assert_values, shop, value};
use crate::setup::TestSandbox;

async fn refund(sandbox: &TestSandbox, merchant: &Merchant, request_no: &str, amount: &str) -> Value {
    let content = json!({"out_trade_no": "2026A", "refund_amount": amount, "out_request_no": request_no});
    merchant.call(sandbox, "alipay.trade.refund", &content).await
}

#[tokio::test]
async fn only_a_paid_trade_can_be_refunded() {
    let (sandbox, merchant, receiver) = shop().await;
    assert_eq!(
        refund(&sandbox, &merchant, "R1", "1.00").await["sub_code"],
        "ACQ.TRADE_NOT_EXIST"
    );
    merchant
        .open_cashier(&sandbox, &merchant.pay_query("2026A", "10.00", &receiver))
        .await;
    assert_eq!(
        refund(&sandbox, &merchant, "R1", "1.00").await["sub_code"],
        "ACQ.TRADE_STATUS_ERROR"
    );
}

#[tokio::test]
async fn money_goes_back_once_per_request_number_and_never_more_than_was_paid() {
    let (sandbox, merchant, receiver) = shop().await;
    merchant.pay(&sandbox, "2026A", "10.00", &receiver).await;
    let first = refund(&sandbox, &merchant, "R1", "4.00").await;
    assert_eq!(
        (&first["fund_change"], &first["refund_fee"]),
        (&json!("Y"), &json!("4.00"))
    );
    let repeated = refund(&sandbox, &merchant, "R1", "4.00").await;
    assert_eq!(
        (&repeated["code"], &repeated["fund_change"]),
        (&json!("10000"), &json!("N"))
    );
    assert_eq!(
        refund(&sandbox, &merchant, "R1", "5.00").await["sub_code"],
        "ACQ.DISCORDANT_REPEAT_REQUEST"
    );
    assert_eq!(
        refund(&sandbox, &merchant, "R2", "6.01").await["sub_code"],
        "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"
    );
    let last = refund(&sandbox, &merchant, "R2", "6.00").await;
    assert_eq!(
        (&last["fund_change"], &last["refund_fee"]),
        (&json!("Y"), &json!("10.00"))
    );
}

#[tokio::test]
async fn a_refund_in_part_repeats_trade_success_and_one_in_full_closes_the_trade() {
    let (sandbox, merchant, mut receiver) = shop().await;
    merchant.pay(&sandbox, "2026A", "10.00", &receiver).await;
    assert_eq!(value(&receiver.next().await, "trade_status"), "TRADE_SUCCESS");

    refund(&sandbox, &merchant, "R1", "4.00").await;
    let notify = receiver.next().await;
    assert!(merchant.verifies(&notify));
    let expected = [
        ("trade_status", "TRADE_SUCCESS"),
        ("refund_fee", "4.00"),
        ("out_biz_no", "R1"),
    ];
    assert_values(&notify, &expected);
    assert_eq!(value(&notify, "total_amount"), "10.00");
    assert_eq!(
        value(&notify, "gmt_refund").len(),
        "2026-11-19 22:01:35.123".len()
    );

    refund(&sandbox, &merchant, "R2", "6.00").await;
    let expected = [
        ("trade_status", "TRADE_CLOSED"),
        ("refund_fee", "10.00"),
        ("out_biz_no", "R2"),
    ];
    assert_values(&receiver.next().await, &expected);
    let query = merchant
        .call(&sandbox, "alipay.trade.query", &json!({"out_trade_no": "2026A"}))
        .await;
    assert_eq!(query["trade_status"], "TRADE_CLOSED");
}

#[tokio::test]
async fn a_refund_can_be_asked_after_and_an_unknown_one_has_no_fields() {
    let (sandbox, merchant, receiver) = shop().await;
    merchant.pay(&sandbox, "2026A", "10.00", &receiver).await;
    refund(&sandbox, &merchant, "R1", "4.00").await;
    let ask = async |request_no: &str| {
        let content = json!({"out_trade_no": "2026A", "out_request_no": request_no});
        merchant
            .call(&sandbox, "alipay.trade.fastpay.refund.query", &content)
            .await
    };
    let known = ask("R1").await;
    assert_eq!(
        (&known["refund_status"], &known["refund_amount"]),
        (&json!("REFUND_SUCCESS"), &json!("4.00"))
    );
    assert_eq!(ask("R2").await, json!({"code": "10000", "msg": "Success"}));
}

#[tokio::test]
async fn a_finished_trade_is_announced_and_refunds_no_more() {
    let (sandbox, merchant, mut receiver) = shop().await;
    merchant.pay(&sandbox, "2026A", "10.00", &receiver).await;
    receiver.next().await;
    assert_eq!(sandbox.post("/api/alipay/trades/2026A/finish").await.0, 200);
    assert_eq!(value(&receiver.next().await, "trade_status"), "TRADE_FINISHED");
    assert_eq!(
        refund(&sandbox, &merchant, "R1", "1.00").await["sub_code"],
        "ACQ.TRADE_HAS_FINISHED"
    );
}
