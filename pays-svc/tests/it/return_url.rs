//! The buyer's way back proves nothing (contract P1, reliability §3 row T).

use reqwest::StatusCode;

use crate::shop::{ORDER, Shop, order, request};

#[tokio::test]
async fn a_forged_return_leaves_the_order_unpaid_and_leads_to_our_own_page_only() {
    let shop = Shop::start().await;
    shop.pays.register(&order(), &request()).await.unwrap();
    let page = "http://127.0.0.1:7000/dadashop/templates/pay_success.html";
    for query in [
        String::new(),
        format!(
            "?out_trade_no={ORDER}&trade_no=2026112122001&trade_status=TRADE_SUCCESS&total_amount=528.00"
        ),
        "?out_trade_no=%3Cscript%3E&return_url=//evil.test".to_owned(),
        "?//evil.test/@".to_owned(),
    ] {
        let url = format!("{}/v1/pays/return_url{query}", shop.url);
        let response = shop.http.get(url).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::FOUND);
        let location = response.headers()["location"].to_str().unwrap();
        assert_eq!(location, format!("{page}{query}"));
    }
    assert_eq!(shop.payment_status().await, "waiting");
    assert_eq!(shop.alipay.calls("alipay.trade.query"), 0);
    shop.stop().await;
}
