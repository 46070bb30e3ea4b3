//! Lines of a cart whose SKU is not for sale any more: settling the cart leaves them out and in.

use common::contracts::ids::SkuId;

use crate::browser::{from_cart, order_id};
use crate::on_both_engines;
use crate::stand::{BAG, BUYER, PEN, Stand};

on_both_engines! {
    a_dead_line_does_not_stand_in_the_way_of_the_rest
    a_cart_of_dead_lines_makes_no_order
}

fn withdraw(stand: &Stand, sku: i64) {
    let mut shop = stand.neighbours.shop();
    shop.skus.get_mut(&SkuId(sku)).unwrap().is_launched = false;
}

fn in_cart(stand: &Stand) -> Vec<i64> {
    let shop = stand.neighbours.shop();
    shop.carts[&BUYER].iter().map(|line| line.sku_id.0).collect()
}

async fn a_dead_line_does_not_stand_in_the_way_of_the_rest(stand: Stand) {
    stand.select(&[(BAG, 2), (PEN, 1)]);
    withdraw(&stand, PEN);

    let placed = stand.post_order(&from_cart()).await;

    let id = order_id(&placed);
    assert_eq!(placed["data"]["total_amount"], "528.00");
    assert_eq!((stand.status(&id).await, stand.count(1).await), (1, 1));
    assert_eq!(in_cart(&stand), [PEN], "it waits in the cart for better days");
    assert_eq!(stand.neighbours.stock(BAG), 98);
    stand.close().await;
}

async fn a_cart_of_dead_lines_makes_no_order(stand: Stand) {
    stand.select(&[(PEN, 1)]);
    withdraw(&stand, PEN);

    let refused = stand.post_order(&from_cart()).await;

    assert_eq!(
        (&refused["code"], stand.count(1).await),
        (&serde_json::json!(10405), 0)
    );
    assert_eq!(in_cart(&stand), [PEN]);
    stand.close().await;
}
