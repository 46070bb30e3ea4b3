//! The broker dies in the middle and comes back: orders go on, and each event takes effect once.

use serde_json::Value;
use tests::audit;
use tests::buyer::{Buyer, fresh_key, order_id_and_pay_url};
use tests::poll;
use tests::private_broker::PrivateBroker;
use tests::shop::{Mode, Shop};

use crate::options;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_rabbitmq_killed_midway_orders_are_taken_and_each_event_takes_effect_once() {
    let Some(mut broker) = PrivateBroker::start().await else {
        return;
    };
    let options = options().without_sms().broker(broker.url());
    let Some(shop) = Shop::start(Mode::Production, options).await else {
        return;
    };
    let buyer = Buyer::register_without_code(&shop.api).await;
    let address_id = buyer.add_address().await;

    let mut bought = vec![buy_and_pay(&shop, &buyer, address_id).await];
    broker.kill();
    bought.push(buy_and_pay(&shop, &buyer, address_id).await);
    broker.start_again().await;
    bought.push(buy_and_pay(&shop, &buyer, address_id).await);

    for order_id in &bought {
        poll::eventually(format!("{order_id} is paid"), || async {
            buyer.order(order_id).await.filter(|order| order["status"] == 2)
        })
        .await;
    }
    audit::settle(&shop).await;
}

/// Events of the payment may have to wait for the broker; buying and paying may not.
async fn buy_and_pay(shop: &Shop, buyer: &Buyer, address_id: i64) -> String {
    let sku_id = shop.catalogue.skus()[0].id;
    let ordered: Value = buyer
        .api
        .data(buyer.buy_now(address_id, sku_id, 1).keyed(&fresh_key()))
        .await;
    let (order_id, pay_url) = order_id_and_pay_url(&ordered);
    shop.sandbox.pay(&order_id, &pay_url).await;
    order_id
}
