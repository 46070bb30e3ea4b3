//! What this service does when it hears of orders (reliability I3, I6).

use chrono::Utc;
use common::bus::Message;
use common::contracts::events::orders::{CancelReason, OrderCancelled, OrderPaid};
use common::contracts::ids::{OrderId, UserId};
use common::contracts::internal_apis::goods::ReserveOutcome::Reserved;
use common::ids;
use common::outbox::Event;

use crate::callers::order;
use crate::fixture::backpacks;
use crate::shop::{Shop, eventually, on_both_stores};

on_both_stores!(
    a_paid_order_sells_what_it_holds_however_often_it_is_told,
    a_cancelled_order_gives_back_what_it_holds_once,
    payment_of_what_was_released_is_parked_for_a_human,
    what_cannot_be_read_is_parked_and_stops_nothing,
);

fn paid(order_id: OrderId) -> Message {
    message(&OrderPaid {
        order_id,
        user_id: UserId(7),
    })
}

fn cancelled(order_id: OrderId) -> Message {
    message(&OrderCancelled {
        order_id,
        user_id: UserId(7),
        reason: CancelReason::Buyer,
    })
}

fn message<E: Event>(event: &E) -> Message {
    Message {
        id: ids::fresh(),
        topic: E::TOPIC.to_owned(),
        version: E::VERSION,
        key: event.key(),
        occurred_at: Utc::now(),
        trace: None,
        data: serde_json::to_value(event).unwrap(),
    }
}

impl Shop {
    async fn publish(&self, messages: &[Message]) {
        for outcome in self.bus.publish(messages).await {
            outcome.unwrap();
        }
    }

    async fn state_becomes(&self, order_id: &OrderId, state: &str) {
        let sql = format!(
            "SELECT COUNT(*) FROM goods_reservation WHERE order_id = '{order_id}' AND state = '{state}'"
        );
        eventually(&format!("order {order_id} is {state}"), async || {
            (self.number(&sql).await == 1).then_some(())
        })
        .await;
    }

    async fn applied(&self, number: i64) {
        eventually(&format!("{number} events are applied"), async || {
            (self.number("SELECT COUNT(*) FROM inbox").await == number).then_some(())
        })
        .await;
    }
}

async fn a_paid_order_sells_what_it_holds_however_often_it_is_told(shop: &Shop) {
    shop.load(&backpacks());
    assert!(matches!(
        shop.reserve(&order(1), &[(11, 2)]).await,
        Reserved { .. }
    ));
    let first = paid(order(1));
    shop.publish(&[first.clone(), first.clone(), paid(order(1)), first])
        .await;
    shop.applied(2).await;
    shop.state_becomes(&order(1), "sold").await;
    assert_eq!(shop.stock(11).await, (8, 2));
    shop.assert_stock_is_explained().await;
}

async fn a_cancelled_order_gives_back_what_it_holds_once(shop: &Shop) {
    shop.load(&backpacks());
    assert!(matches!(
        shop.reserve(&order(1), &[(11, 2), (12, 1)]).await,
        Reserved { .. }
    ));
    let first = cancelled(order(1));
    shop.publish(&[
        first.clone(),
        first.clone(),
        cancelled(order(1)),
        cancelled(order(2)),
        first,
    ])
    .await;
    shop.applied(3).await;
    shop.state_becomes(&order(1), "released").await;
    shop.state_becomes(&order(2), "released").await;
    assert_eq!((shop.stock(11).await, shop.stock(12).await), ((10, 0), (20, 0)));
    shop.assert_stock_is_explained().await;
}

async fn payment_of_what_was_released_is_parked_for_a_human(shop: &Shop) {
    shop.load(&backpacks());
    shop.goods.release(&order(1)).await.unwrap();
    shop.publish(&[paid(order(1)), paid(order(2))]).await;
    let parked = eventually("both are parked", async || {
        Some(shop.bus.parked("goods").await.unwrap()).filter(|parked| parked.len() == 2)
    })
    .await;
    let errors: Vec<&str> = parked.iter().map(|message| message.error.as_str()).collect();
    assert!(
        errors
            .iter()
            .any(|error| error.contains("cannot sell what is released")),
        "{errors:?}"
    );
    assert!(
        errors.iter().any(|error| error.contains("has no reservation")),
        "{errors:?}"
    );
    assert_eq!(shop.number("SELECT COUNT(*) FROM inbox").await, 0);
}

async fn what_cannot_be_read_is_parked_and_stops_nothing(shop: &Shop) {
    shop.load(&backpacks());
    assert!(matches!(
        shop.reserve(&order(1), &[(11, 2)]).await,
        Reserved { .. }
    ));
    let mut newer = paid(order(1));
    newer.version += 1;
    let mut shapeless = paid(order(1));
    shapeless.data = serde_json::json!({"order_id": "'; DROP TABLE goods_sku; --"});
    let mut unknown = paid(order(1));
    unknown.topic = "order.eaten".to_owned();
    for message in [newer, shapeless, unknown] {
        shop.bus
            .inject("goods", &serde_json::to_vec(&message).unwrap())
            .await
            .unwrap();
    }
    shop.bus.inject("goods", b"\xff garbage").await.unwrap();
    shop.publish(&[paid(order(1))]).await;
    shop.state_becomes(&order(1), "sold").await;
    eventually("all four are parked", async || {
        (shop.bus.parked("goods").await.unwrap().len() == 4).then_some(())
    })
    .await;
}
