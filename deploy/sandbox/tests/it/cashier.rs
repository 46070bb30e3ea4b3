//! The cashier as a buyer meets it: wrong passwords, empty accounts, second thoughts, and the one for phones.

use serde_json::json;

use crate::merchant::{Merchant, Receiver, shop, value};
use crate::setup::TestSandbox;

impl TestSandbox {
    /// Presses a button with the fields of its form; status, where it leads, and the page.
    async fn press(&self, button: &str, form: &str) -> (u16, Option<String>, String) {
        let request = self
            .client
            .post(format!("{}/alipay/cashier/2026A/{button}", self.url))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned());
        let response = request.send().await.unwrap();
        let location = response.headers().get("location");
        let location = location.map(|value| value.to_str().unwrap().to_owned());
        (
            response.status().as_u16(),
            location,
            response.text().await.unwrap(),
        )
    }

    async fn status(&self) -> String {
        let (_, trade) = self.get("/api/alipay/trades/2026A").await;
        trade["status"].as_str().unwrap().to_owned()
    }
}

async fn at_the_cashier() -> (TestSandbox, Merchant, Receiver) {
    let (sandbox, merchant, receiver) = shop().await;
    let page = merchant
        .open_cashier(&sandbox, &merchant.pay_query("2026A", "88.80", &receiver))
        .await;
    for part in ["88.80", "type=password", "付款", "取消", "2088000100000001"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    (sandbox, merchant, receiver)
}

#[tokio::test]
async fn a_wrong_password_and_an_empty_account_leave_the_buyer_at_the_cashier() {
    let (sandbox, _, _receiver) = at_the_cashier().await;
    for (form, message) in [
        ("account=rich&password=123456", "支付密码错误"),
        ("account=rich&password=", "支付密码错误"),
        ("account=poor&password=111111", "余额不足"),
    ] {
        let (status, _, page) = sandbox.press("pay", form).await;
        assert_eq!(status, 200, "{form}");
        assert!(page.contains(message) && page.contains("<form"), "{form}: {page}");
        assert_eq!(sandbox.status().await, "WAIT_BUYER_PAY");
    }
    let (status, location, _) = sandbox.press("pay", "account=rich&password=111111").await;
    assert_eq!(status, 302);
    assert!(
        location
            .unwrap()
            .starts_with("http://shop.test/result.html?from=pay&")
    );
    assert_eq!(sandbox.status().await, "TRADE_SUCCESS");
}

#[tokio::test]
async fn a_buyer_without_money_can_be_ordered_by_a_switch() {
    let (sandbox, _, _receiver) = at_the_cashier().await;
    sandbox.put("/api/switches", r#"{"buyer":"poor"}"#).await;
    assert!(sandbox.press("pay", "").await.2.contains("余额不足"));
    let (status, answer) = sandbox.post("/api/alipay/trades/2026A/pay").await;
    assert_eq!(
        (status.as_u16(), &answer["error"]),
        (409, &json!("ACQ.BUYER_BALANCE_NOT_ENOUGH"))
    );
    sandbox.put("/api/switches", r#"{"buyer":"on"}"#).await;
    assert_eq!(sandbox.press("pay", "").await.0, 302);
}

#[tokio::test]
async fn the_cashier_for_phones_pays_the_same_trade_and_knows_where_quitters_go() {
    let (sandbox, merchant, mut receiver) = shop().await;
    let content = json!({
        "out_trade_no": "2026A", "product_code": "QUICK_WAP_WAY", "total_amount": "88.80", "subject": "达达",
        "quit_url": "http://shop.test/quit.html",
    });
    let notify_url = receiver.url.clone();
    let addresses = [
        ("return_url", "http://shop.test/result.html"),
        ("notify_url", notify_url.as_str()),
    ];
    let pairs = merchant.signed("alipay.trade.wap.pay", &content, &addresses);
    let query = serde_urlencoded::to_string(pairs).unwrap();
    assert!(merchant.open_cashier(&sandbox, &query).await.contains("88.80"));
    let (_, location, _) = sandbox.press("cancel", "").await;
    assert_eq!(location.unwrap(), "http://shop.test/quit.html");
    let (_, location, _) = sandbox.press("pay", "password=111111").await;
    assert!(location.unwrap().contains("method=alipay.trade.wap.pay.return"));
    assert_eq!(value(&receiver.next().await, "trade_status"), "TRADE_SUCCESS");
    let mut wrong = content;
    wrong["product_code"] = json!("FAST_INSTANT_TRADE_PAY");
    let pairs = merchant.signed("alipay.trade.wap.pay", &wrong, &addresses);
    let page = merchant
        .open_cashier(&sandbox, &serde_urlencoded::to_string(pairs).unwrap())
        .await;
    assert!(page.contains("ACQ.INVALID_PARAMETER"), "{page}");
}

#[tokio::test]
async fn reordered_news_of_a_refund_arrives_before_the_payment_it_follows() {
    let (sandbox, merchant, mut receiver) = shop().await;
    sandbox.put("/api/switches", r#"{"notify":"reordered"}"#).await;
    merchant.pay(&sandbox, "2026A", "10.00", &receiver).await;
    let refund = json!({"out_trade_no": "2026A", "refund_amount": "4.00", "out_request_no": "R1"});
    merchant.call(&sandbox, "alipay.trade.refund", &refund).await;
    assert_eq!(value(&receiver.next().await, "out_biz_no"), "R1");
    sandbox.put("/api/clock", r#"{"advance_seconds":10}"#).await;
    let payment = receiver.next().await;
    assert_eq!(
        (value(&payment, "out_biz_no"), value(&payment, "trade_status")),
        ("", "TRADE_SUCCESS")
    );
}

#[tokio::test]
async fn a_gateway_that_is_down_answers_502_and_does_nothing() {
    let (sandbox, merchant, receiver) = shop().await;
    merchant.pay(&sandbox, "2026A", "10.00", &receiver).await;
    let refund = async |number: &str| {
        let content = json!({"out_trade_no": "2026A", "refund_amount": "4.00", "out_request_no": number});
        let query =
            serde_urlencoded::to_string(merchant.signed("alipay.trade.refund", &content, &[])).unwrap();
        let url = format!("{}/alipay/gateway.do?{query}", sandbox.url);
        sandbox.client.get(url).send().await.unwrap().status().as_u16()
    };
    let refunds = async || {
        sandbox.get("/api/alipay/trades/2026A").await.1["refunds"]
            .as_array()
            .unwrap()
            .len()
    };
    sandbox.put("/api/switches", r#"{"gateway":"down"}"#).await;
    assert_eq!((refund("R1").await, refunds().await), (502, 0));
    sandbox
        .put("/api/switches", r#"{"gateway":"on","refund":"lost"}"#)
        .await;
    assert_eq!((refund("R1").await, refunds().await), (502, 1));
    sandbox.put("/api/switches", r#"{"refund":"refused"}"#).await;
    assert_eq!((refund("R2").await, refunds().await), (200, 1));
}
