//! Half-made orders heal, unpaid ones expire, and replicas share the work.

use chrono::TimeDelta;
use common::contracts::internal_apis::pays::PaymentState;
use common::money::Fen;
use sea_orm::DbBackend;
use serde_json::Value;

use crate::browser::{buy_now, from_cart, order_id};
use crate::neighbours::Fault;
use crate::on_both_engines;
use crate::stand::{BAG, BUYER, Engine, PEN, Stand, eventually};

on_both_engines! {
    a_checkout_whose_reservation_was_lost_is_rolled_back_by_the_job
    a_checkout_whose_taking_was_lost_gives_the_cart_back
    unpaid_orders_expire_once_whatever_the_number_of_replicas
    a_checkout_that_a_job_has_claimed_does_not_complete
}

async fn a_checkout_whose_reservation_was_lost_is_rolled_back_by_the_job(stand: Stand) {
    stand.neighbours.break_call("reserve", Fault::AnswerLost);
    stand.neighbours.break_call("release", Fault::Refused);
    stand.select(&[(BAG, 2)]);

    assert_eq!(stand.post_order(&from_cart()).await["code"], 10413);

    assert_eq!(
        (stand.neighbours.stock(BAG), stand.count(11).await),
        (98, 1),
        "nobody knows yet"
    );
    assert_eq!(
        stand.neighbours.shop().carts[&BUYER].len(),
        1,
        "the cart does not wait for goods"
    );
    stand.neighbours.mend();
    stand.advance(TimeDelta::seconds(31));
    eventually("order failed", async || stand.count(13).await == 1).await;
    assert_eq!(stand.neighbours.stock(BAG), 100);
    assert_eq!(stand.neighbours.shop().carts[&BUYER].len(), 1);
    assert_eq!(stand.published("order.checkout_failed").await.len(), 1);
    stand.close().await;
}

async fn a_checkout_whose_taking_was_lost_gives_the_cart_back(stand: Stand) {
    stand.neighbours.break_call("take", Fault::AnswerLost);
    stand.select(&[(BAG, 2), (PEN, 1)]);

    assert_eq!(stand.post_order(&from_cart()).await["code"], 10413);

    assert_eq!(stand.neighbours.shop().carts[&BUYER].len(), 2);
    assert_eq!(
        (stand.count(13).await, stand.neighbours.calls_of("reserve")),
        (1, 0)
    );
    stand.close().await;
}

async fn unpaid_orders_expire_once_whatever_the_number_of_replicas(mut stand: Stand) {
    stand.start_replica().await;
    let mut ids = Vec::new();
    for _ in 0..12 {
        ids.push(stand.place_order(BAG, 1).await);
    }
    stand.advance(TimeDelta::minutes(30) - TimeDelta::seconds(1));
    assert_eq!(stand.count(1).await, 12, "not a second too early");

    stand.advance(TimeDelta::seconds(1));

    for id in &ids {
        stand.wait_for_status(id, 12).await;
    }
    let cancelled = stand.published("order.cancelled").await;
    assert_eq!(cancelled.len(), 12);
    assert_eq!(cancelled[0]["reason"], "payment_timeout");
    assert_eq!(stand.neighbours.calls_of("sync"), 12, "each was asked about once");
    stand.close().await;
}

async fn a_checkout_that_a_job_has_claimed_does_not_complete(stand: Stand) {
    // The job's claim falls between the checkout's first write and its last.
    let claim = match stand.db.reader().get_database_backend() {
        DbBackend::MySql => {
            "BEFORE INSERT ON orders_order_info FOR EACH ROW SET NEW.claimed_until = '2000-01-01'"
        }
        _ => {
            "AFTER INSERT ON orders_order_info FOR EACH ROW \
             BEGIN UPDATE orders_order_info SET claimed_until = '2000-01-01'; END"
        }
    };
    stand.execute(&format!("CREATE TRIGGER claimed {claim}")).await;

    let answer = stand.post_order(&buy_now(BAG, 1)).await;

    assert_eq!(answer["code"], 10413);
    assert_eq!((stand.count(1).await, stand.count(11).await), (0, 1));
    stand.advance(TimeDelta::seconds(31));
    eventually("order failed", async || stand.count(13).await == 1).await;
    assert_eq!(stand.neighbours.stock(BAG), 100);
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_that_is_there_wins_over_the_deadline() {
    let stand = Stand::sqlite().await;
    let id = stand.place_order(BAG, 1).await;
    let paid = PaymentState::Paid {
        trade_no: "T1".into(),
        amount: Fen(26_900),
        paid_at: stand.clock.now(),
    };
    stand.neighbours.shop().paid.insert(id.clone(), paid);

    stand.advance(TimeDelta::minutes(31));

    stand.wait_for_status(&id, 2).await;
    assert_eq!(stand.published("order.cancelled").await.len(), 0);
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_of_a_wrong_amount_does_not_keep_an_order_open() {
    let stand = Stand::sqlite().await;
    let id = stand.place_order(BAG, 1).await;
    let paid = PaymentState::Paid {
        trade_no: "T1".into(),
        amount: Fen(26_899),
        paid_at: stand.clock.now(),
    };
    stand.neighbours.shop().paid.insert(id.clone(), paid);

    stand.advance(TimeDelta::minutes(31));

    stand.wait_for_status(&id, 12).await;
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_pays_is_silent_an_order_waits_fifteen_minutes_more() {
    let stand = Stand::sqlite().await;
    let id = stand.place_order(BAG, 1).await;
    stand.neighbours.break_call("sync", Fault::Refused);
    stand.advance(TimeDelta::minutes(31));
    eventually("pays asked", async || stand.neighbours.calls_of("sync") > 0).await;
    assert_eq!(stand.status(&id).await, 1);

    stand.advance(TimeDelta::minutes(15));

    stand.wait_for_status(&id, 12).await;
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_silence_of_the_provider_is_no_word_against_money() {
    let stand = Stand::sqlite().await;
    let [late, never] = [stand.place_order(BAG, 1).await, stand.place_order(PEN, 1).await];
    for id in [&late, &never] {
        let silent = PaymentState::Silent;
        stand.neighbours.shop().paid.insert(id.clone(), silent);
    }
    stand.advance(TimeDelta::minutes(31));
    eventually("pays asked", async || stand.neighbours.calls_of("sync") >= 2).await;
    assert_eq!(stand.count(1).await, 2);
    let paid = PaymentState::Paid {
        trade_no: "T1".into(),
        amount: Fen(26_900),
        paid_at: stand.clock.now(),
    };
    stand.neighbours.shop().paid.insert(late.clone(), paid);

    stand.advance(TimeDelta::minutes(15));

    stand.wait_for_status(&late, 2).await;
    stand.wait_for_status(&never, 12).await;
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_long_buyers_may_take_and_what_freight_is_are_settings() {
    use orders_svc::settings::{FREE_SHIPPING_FROM, FREIGHT, PAY_TIMEOUT_SECONDS};
    let more = [
        (PAY_TIMEOUT_SECONDS, "60"),
        (FREIGHT, "5.5"),
        (FREE_SHIPPING_FROM, "259"),
    ];
    let stand = Stand::open(Engine::Sqlite, &more).await.unwrap();
    let dear: Value = stand.post_order(&buy_now(BAG, 1)).await;
    assert_eq!(dear["data"]["total_amount"], "259.00");
    let cheap = stand.post_order(&buy_now(PEN, 1)).await;
    assert_eq!(cheap["data"]["total_amount"], "93.50");

    stand.advance(TimeDelta::seconds(60));

    stand.wait_for_status(&order_id(&dear), 12).await;
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_history_says_who_did_what() {
    let stand = Stand::sqlite().await;
    let id = stand.place_order(BAG, 1).await;
    stand.advance(TimeDelta::minutes(31));
    stand.wait_for_status(&id, 12).await;
    let rows = stand
        .query("SELECT from_status, to_status, cause, actor FROM orders_order_event ORDER BY id")
        .await;
    let told: Vec<(i16, i16, String, String)> = rows
        .iter()
        .map(|row| {
            let text = |index| row.try_get_by_index(index).unwrap();
            (
                row.try_get_by_index(0).unwrap(),
                row.try_get_by_index(1).unwrap(),
                text(2),
                text(3),
            )
        })
        .collect();
    let expected = [(11, 1, "Complete", "user 7"), (1, 12, "Cancel", "job")];
    assert_eq!(
        told,
        expected.map(|(from, to, cause, actor)| (from, to, cause.to_owned(), actor.to_owned()))
    );
    stand.close().await;
}
