//! Lines that leave the cart for an order, and come back or are bought.

use common::contracts::events::orders::{CheckoutFailed, OrderCreated};
use common::contracts::ids::{OrderId, SkuId};
use common::contracts::internal_apis::carts::{CartLine, TakeOutcome};
use common::money::Fen;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::shop::{Shop, Stores, USER};

fn order(second: u32) -> OrderId {
    format!("202611212000{second:02}7").parse().unwrap()
}

fn line(sku: i64, count: i64) -> CartLine {
    CartLine {
        sku_id: SkuId(sku),
        count,
    }
}

async fn created(shop: &Shop, order_id: &OrderId) {
    let event = OrderCreated {
        order_id: order_id.clone(),
        user_id: USER,
        total: Fen(1),
    };
    shop.publish(&event).await;
    shop.queue_is_empty().await;
}

async fn failed(shop: &Shop, order_id: &OrderId) {
    let event = CheckoutFailed {
        order_id: order_id.clone(),
        user_id: USER,
    };
    shop.publish(&event).await;
    shop.queue_is_empty().await;
}

#[tokio::test]
async fn the_cart_loses_what_was_bought_and_nothing_else_with_embedded_stores() {
    the_cart_loses_what_was_bought(Stores::Embedded).await;
}

#[tokio::test]
async fn the_cart_loses_what_was_bought_and_nothing_else_with_servers() {
    the_cart_loses_what_was_bought(Stores::Servers).await;
}

async fn the_cart_loses_what_was_bought(stores: Stores) {
    let Some(shop) = Shop::on(stores).await else {
        return;
    };
    for (sku, count) in [(11, 2), (12, 1), (13, 3)] {
        shop.add(sku, count).await;
    }
    shop.call(Method::PUT, json!({"sku_id": 12, "state": "unselect"}))
        .await;
    let cart = shop.client().get_cart(USER).await.unwrap();
    assert_eq!(
        (cart.carts_count, cart.selected.as_slice()),
        (3, [line(11, 2), line(13, 3)].as_slice())
    );

    let taken = TakeOutcome::Taken { carts_count: 1 };
    assert_eq!(
        shop.client()
            .take(USER, &order(1), cart.selected.clone())
            .await
            .unwrap(),
        taken
    );
    assert_eq!(shop.lines().await, [(12, 1, 0)]);
    shop.add(11, 2).await;
    let again = TakeOutcome::Taken { carts_count: 2 };
    assert_eq!(
        shop.client()
            .take(USER, &order(1), cart.selected.clone())
            .await
            .unwrap(),
        again
    );

    created(&shop, &order(1)).await;
    created(&shop, &order(1)).await;
    failed(&shop, &order(1)).await;
    assert_eq!(
        shop.client().take(USER, &order(1), cart.selected).await.unwrap(),
        again
    );
    assert_eq!(shop.lines().await, [(11, 2, 1), (12, 1, 0)]);
    shop.close().await;
}

#[tokio::test]
async fn a_failed_checkout_gives_back_what_it_took_once_with_embedded_stores() {
    a_failed_checkout_gives_back(Stores::Embedded).await;
}

#[tokio::test]
async fn a_failed_checkout_gives_back_what_it_took_once_with_servers() {
    a_failed_checkout_gives_back(Stores::Servers).await;
}

async fn a_failed_checkout_gives_back(stores: Stores) {
    let Some(shop) = Shop::on(stores).await else {
        return;
    };
    shop.add(11, 2).await;
    shop.client()
        .take(USER, &order(1), vec![line(11, 2)])
        .await
        .unwrap();
    shop.add(12, 1).await;
    failed(&shop, &order(1)).await;
    assert_eq!(shop.lines().await, [(11, 2, 1), (12, 1, 1)]);

    failed(&shop, &order(1)).await;
    shop.client().restore(USER, &order(1)).await.unwrap();
    assert_eq!(shop.lines().await, [(11, 2, 1), (12, 1, 1)]);
    let late = shop
        .client()
        .take(USER, &order(1), vec![line(11, 2)])
        .await
        .unwrap();
    assert_eq!(late, TakeOutcome::Restored);
    shop.close().await;
}

#[tokio::test]
async fn a_take_that_comes_after_its_restore_is_refused() {
    let shop = Shop::open().await;
    shop.add(11, 2).await;
    shop.client().restore(USER, &order(1)).await.unwrap();
    let late = shop
        .client()
        .take(USER, &order(1), vec![line(11, 2)])
        .await
        .unwrap();
    assert_eq!(late, TakeOutcome::Restored);
    assert_eq!(shop.lines().await, [(11, 2, 1)]);
    shop.close().await;
}

#[tokio::test]
async fn of_orders_that_take_the_same_lines_at_once_one_gets_them_with_embedded_stores() {
    one_order_gets_the_lines(Stores::Embedded).await;
}

#[tokio::test]
async fn of_orders_that_take_the_same_lines_at_once_one_gets_them_with_servers() {
    one_order_gets_the_lines(Stores::Servers).await;
}

async fn one_order_gets_the_lines(stores: Stores) {
    let Some(shop) = Shop::on(stores).await else {
        return;
    };
    shop.add(11, 2).await;
    let client = shop.client();
    let orders: Vec<OrderId> = (10..30).map(order).collect();
    let outcomes = join_all(
        orders
            .iter()
            .map(|order| client.take(USER, order, vec![line(11, 2)])),
    )
    .await;
    let taken = TakeOutcome::Taken { carts_count: 0 };
    let winners = outcomes
        .iter()
        .filter(|outcome| *outcome.as_ref().unwrap() == taken)
        .count();
    assert_eq!(winners, 1, "{outcomes:?}");
    shop.close().await;
}

#[tokio::test]
async fn a_cart_that_changed_meanwhile_gives_nothing() {
    let shop = Shop::open().await;
    shop.add(11, 2).await;
    for lines in [vec![line(11, 1)], vec![line(11, 2), line(12, 1)], vec![]] {
        let outcome = shop.client().take(USER, &order(1), lines).await.unwrap();
        assert_eq!(outcome, TakeOutcome::Changed);
    }
    assert_eq!(shop.lines().await, [(11, 2, 1)]);
    shop.close().await;
}

#[tokio::test]
async fn without_a_service_token_nobody_is_answered() {
    let shop = Shop::open().await;
    for (method, path) in [
        (Method::GET, "/internal/carts/7"),
        (Method::PUT, "/internal/carts/7/merge"),
        (Method::PUT, "/internal/carts/7/taken/202611212000017"),
        (Method::PUT, "/internal/carts/7/taken/202611212000017/restore"),
    ] {
        for token in ["null", &shop.token] {
            let request = shop.request(method.clone(), path).header("authorization", token);
            assert_eq!(request.body("{}").send().await.unwrap().status(), 401, "{path}");
        }
    }
    shop.close().await;
}

#[tokio::test]
async fn an_event_that_nobody_here_knows_is_parked() {
    let shop = Shop::open().await;
    let message = json!({
        "id": common::ids::fresh(), "type": "order.painted", "version": 1, "key": "1",
        "occurred_at": "2026-11-21T00:00:00Z", "data": {},
    });
    shop.bus
        .inject("carts", message.to_string().as_bytes())
        .await
        .unwrap();
    shop.queue_is_empty().await;
    assert_eq!(shop.bus.parked("carts").await.unwrap().len(), 1);
    shop.close().await;
}
