//! What Alipay refuses, and with which code.

use serde_json::{Value, json};

use crate::merchant::{Merchant, Pairs, shop, value};
use crate::setup::TestSandbox;

fn page_pay(merchant: &Merchant, content: &Value, extra: &[(&str, &str)]) -> String {
    serde_urlencoded::to_string(merchant.signed("alipay.trade.page.pay", content, extra)).unwrap()
}

fn order() -> Value {
    json!({"out_trade_no": "2026A", "product_code": "FAST_INSTANT_TRADE_PAY", "total_amount": "88.80", "subject": "x"})
}

#[tokio::test]
async fn a_request_that_is_not_exactly_signed_opens_an_error_page_and_no_trade() {
    let sandbox = TestSandbox::start().await;
    let merchant = Merchant::with_keys_in(sandbox.dir.path());
    let pairs = merchant.signed("alipay.trade.page.pay", &order(), &[]);
    let spoil = |change: &dyn Fn(&mut Pairs)| {
        let mut pairs = pairs.clone();
        change(&mut pairs);
        serde_urlencoded::to_string(pairs).unwrap()
    };
    let good = spoil(&|_| {});
    let spoilt = [
        ("isv.invalid-signature", good.replace("88.80", "88.81")),
        (
            "isv.invalid-signature",
            good.replace("%2B", "+")
                .replace("%2F", "/")
                .replace("sign=", "sign=+"),
        ),
        (
            "isv.invalid-signature",
            spoil(&|pairs| pairs.push(("extra".to_owned(), "1".to_owned()))),
        ),
        (
            "isv.missing-signature",
            spoil(&|pairs| pairs.retain(|(name, _)| name != "sign")),
        ),
        (
            "isv.invalid-app-id",
            good.replace("9021000100000001", "9021000100000002"),
        ),
        ("isv.invalid-signature-type", good.replace("RSA2", "RSA")),
        (
            "isv.invalid-charset",
            good.replace("charset=utf-8", "charset=gbk"),
        ),
        ("ACQ.INVALID_PARAMETER", format!("{good}&app_id=9021000100000001")),
    ];
    for (code, query) in spoilt {
        let page = merchant.open_cashier(&sandbox, &query).await;
        assert!(page.contains(code), "{code} expected: {page}");
    }
    assert_eq!(sandbox.get("/api/alipay/trades/2026A").await.0, 404);

    let unsigned_empty = spoil(&|pairs| pairs.push(("app_auth_token".to_owned(), String::new())));
    assert!(
        merchant
            .open_cashier(&sandbox, &unsigned_empty)
            .await
            .contains("付款")
    );
}

#[tokio::test]
async fn rightly_signed_nonsense_is_refused() {
    let sandbox = TestSandbox::start().await;
    let merchant = Merchant::with_keys_in(sandbox.dir.path());
    let with = |name: &str, value: Value| {
        let mut order = order();
        order[name] = value;
        page_pay(&merchant, &order, &[])
    };
    let queries = [
        with("out_trade_no", json!("2026-A")),
        with("out_trade_no", json!("x".repeat(65))),
        with("out_trade_no", json!("../../etc")),
        with("total_amount", json!("88.801")),
        with("total_amount", json!("0.00")),
        with("total_amount", json!("-1")),
        with("product_code", json!("QUICK_WAP_WAY")),
        with("subject", json!("")),
        with("subject", json!("a\nb")),
        with("time_expire", json!("2020-01-01 00:00:00")),
        with("time_expire", json!("tomorrow")),
        page_pay(&merchant, &order(), &[("return_url", "javascript:alert(1)")]),
        page_pay(&merchant, &order(), &[("version", "2.0")]),
    ];
    for query in queries {
        let page = merchant.open_cashier(&sandbox, &query).await;
        assert!(page.contains("ACQ.INVALID_PARAMETER"), "{query}: {page}");
    }
    let page = merchant
        .open_cashier(&sandbox, &page_pay(&merchant, &order(), &[("timestamp", "now")]))
        .await;
    assert!(page.contains("isv.invalid-timestamp"), "{page}");
}

#[tokio::test]
async fn an_order_number_keeps_its_amount_and_is_paid_once() {
    let (sandbox, merchant, receiver) = shop().await;
    let query = merchant.pay_query("2026A", "88.80", &receiver);
    merchant.open_cashier(&sandbox, &query).await;
    let page = merchant
        .open_cashier(&sandbox, &merchant.pay_query("2026A", "0.01", &receiver))
        .await;
    assert!(page.contains("ACQ.CONTEXT_INCONSISTENT"), "{page}");
    sandbox.post("/api/alipay/trades/2026A/pay").await;
    assert!(
        merchant
            .open_cashier(&sandbox, &query)
            .await
            .contains("ACQ.TRADE_HAS_SUCCESS")
    );
}

#[tokio::test]
async fn what_the_merchant_writes_is_shown_as_text() {
    let sandbox = TestSandbox::start().await;
    let merchant = Merchant::with_keys_in(sandbox.dir.path());
    let mut order = order();
    order["subject"] = json!("<script>alert('x')</script>");
    let page = merchant
        .open_cashier(&sandbox, &page_pay(&merchant, &order, &[]))
        .await;
    assert!(
        page.contains("&lt;script&gt;") && !page.contains("<script"),
        "{page}"
    );
}

#[tokio::test]
async fn a_posted_form_works_when_charset_is_in_the_query() {
    let sandbox = TestSandbox::start().await;
    let merchant = Merchant::with_keys_in(sandbox.dir.path());
    let mut form = merchant.signed("alipay.trade.query", &json!({"out_trade_no": "2026A"}), &[]);
    form.retain(|(name, _)| name != "charset");
    for (query, code) in [
        ("?charset=utf-8", "ACQ.TRADE_NOT_EXIST"),
        ("", "isv.invalid-charset"),
    ] {
        let url = format!("{}/alipay/gateway.do{query}", sandbox.url);
        let response = sandbox.client.post(url).form(&form).send().await.unwrap();
        let body = response.text().await.unwrap();
        let answer = merchant
            .read_answer(&body, "alipay_trade_query_response")
            .unwrap();
        assert_eq!(answer["sub_code"], code, "{body}");
    }
}

#[tokio::test]
async fn an_unknown_method_is_a_signed_error_and_an_unknown_app_an_unsigned_one() {
    let sandbox = TestSandbox::start().await;
    let merchant = Merchant::with_keys_in(sandbox.dir.path());
    let ask = async |pairs: Pairs| {
        let query = serde_urlencoded::to_string(pairs).unwrap();
        let url = format!("{}/alipay/gateway.do?{query}", sandbox.url);
        sandbox
            .client
            .get(url)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    };
    let body = ask(merchant.signed("alipay.trade.fly", &json!({}), &[])).await;
    let error = merchant.read_answer(&body, "error_response").unwrap();
    assert_eq!(
        (&error["code"], &error["sub_code"]),
        (&json!("40002"), &json!("isv.invalid-method"))
    );

    let body = ask(merchant.signed("alipay.trade.query", &json!({}), &[("app_id", "1")])).await;
    assert!(
        body.contains("isv.invalid-app-id") && !body.contains(r#""sign""#),
        "{body}"
    );
}

#[tokio::test]
async fn an_unpaid_trade_can_be_closed_and_a_paid_one_cannot() {
    let (sandbox, merchant, mut receiver) = shop().await;
    let close = async |number: &str| {
        merchant
            .call(&sandbox, "alipay.trade.close", &json!({"out_trade_no": number}))
            .await
    };
    assert_eq!(close("2026A").await["sub_code"], "ACQ.TRADE_NOT_EXIST");
    for number in ["2026A", "2026B"] {
        merchant
            .open_cashier(&sandbox, &merchant.pay_query(number, "1.00", &receiver))
            .await;
    }
    assert_eq!(close("2026A").await["code"], "10000");
    let notify = receiver.next().await;
    assert_eq!(value(&notify, "trade_status"), "TRADE_CLOSED");
    assert!(
        notify
            .iter()
            .all(|(name, _)| name != "refund_fee" && name != "gmt_payment")
    );

    sandbox.post("/api/alipay/trades/2026B/pay").await;
    assert_eq!(close("2026B").await["sub_code"], "ACQ.TRADE_STATUS_ERROR");
}
