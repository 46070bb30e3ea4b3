//! Orders that nobody pays in time, and money that comes too late.

use serde_json::json;
use tests::audit::{self, Books};
use tests::buyer::{Buyer, order_id_and_pay_url};
use tests::poll;
use tests::shop::{Mode, Shop};

use crate::options;

const CANCELLED: i64 = 12;

in_both_modes!(an_order_not_paid_in_time_gives_its_stock_back_and_late_money_goes_back_too);

async fn an_order_not_paid_in_time_gives_its_stock_back_and_late_money_goes_back_too(mode: Mode) {
    let options = options()
        .without_sms()
        .with("ORDERS_PAY_TIMEOUT_SECONDS", 3)
        .with("ORDERS_SILENCE_TIMEOUT_SECONDS", 0);
    let Some(shop) = Shop::start(mode, options).await else {
        return;
    };
    let sku_id = shop.catalogue.skus()[0].id;
    let buyer = Buyer::register_without_code(&shop.api).await;
    let address_id = buyer.add_address().await;
    let never_paid = buyer.api.data(buyer.buy_now(address_id, sku_id, 2)).await;
    let paid_unheard = buyer.api.data(buyer.buy_now(address_id, sku_id, 1)).await;
    let (order_id, pay_url) = order_id_and_pay_url(&paid_unheard);

    // The buyer pays in time, but nothing that Alipay says gets through until the order is cancelled.
    shop.sandbox
        .turn(json!({"notify": "off", "query": "error"}))
        .await;
    shop.sandbox.pay(&order_id, &pay_url).await;
    for order in [&never_paid, &paid_unheard] {
        let id = order["order_id"].as_str().expect("id");
        poll::eventually(format!("{id} is cancelled"), || async {
            buyer.order(id).await.filter(|order| order["status"] == CANCELLED)
        })
        .await;
    }
    poll::eventually("the stock is back", || async {
        (Books::read(&shop.stores).await == shop.opening).then_some(())
    })
    .await;

    shop.sandbox.turn(json!({"notify": "on", "query": "on"})).await;
    poll::eventually("the late money goes back", || async {
        shop.sandbox.hurry().await;
        let trade = shop.sandbox.trade(&order_id).await;
        let refunds = trade["refunds"].as_array().cloned().unwrap_or_default();
        assert!(refunds.len() <= 1, "refunded twice: {trade}");
        refunds
            .into_iter()
            .next()
            .filter(|refund| refund["amount"] == trade["total_amount"])
    })
    .await;
    let order = buyer.order(&order_id).await.expect("listed");
    assert_eq!(order["status"], CANCELLED, "late money revives no order");
    assert_eq!(Books::read(&shop.stores).await, shop.opening);
    audit::settle(&shop).await;
}
