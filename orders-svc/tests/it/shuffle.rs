//! Events in any order, any number of times, from two replicas: the result is always the same.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use common::bus::Message;
use common::contracts::events::pays::{PaymentRefunded, PaymentSucceeded, RefundRefused};
use common::contracts::ids::OrderId;
use common::ids;
use common::money::Fen;
use common::outbox::Event;
use serde_json::json;

use crate::on_both_engines;
use crate::stand::{BAG, Stand};

on_both_engines! {
    shuffled_and_repeated_events_change_nothing_in_the_result
}

const TOTAL: Fen = Fen(26_900);
const SEEDS: u64 = 8;

fn message<E: Event>(stand: &Stand, event: &E) -> Message {
    Message {
        id: ids::fresh(),
        topic: E::TOPIC.to_owned(),
        version: E::VERSION,
        key: event.key(),
        occurred_at: stand.clock.now(),
        trace: None,
        data: serde_json::to_value(event).unwrap(),
    }
}

/// Each message twice, all in an order that the seed says.
fn shuffled(seed: u64, messages: &[Message]) -> Vec<Message> {
    let all = messages.iter().chain(messages).cloned();
    let mut keyed: Vec<(u64, Message)> = all
        .enumerate()
        .map(|(at, message)| (key(seed, at), message))
        .collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, message)| message).collect()
}

/// The same for the same seed on every machine.
fn key(seed: u64, at: usize) -> u64 {
    let mut hasher = DefaultHasher::new();
    (seed, at).hash(&mut hasher);
    hasher.finish()
}

fn succeeded(stand: &Stand, id: &OrderId, trade_no: &str, amount: Fen) -> Message {
    let event = PaymentSucceeded {
        order_id: id.clone(),
        trade_no: trade_no.into(),
        amount,
        paid_at: stand.clock.now(),
    };
    message(stand, &event)
}

/// What the provider says of a refund: that it cannot, and that it did after all.
fn said_of_refund(stand: &Stand, id: &OrderId, refund_no: &str) -> [Message; 2] {
    let (order_id, trade_no) = (id.clone(), "T1".to_owned());
    let refunded = PaymentRefunded {
        order_id: order_id.clone(),
        trade_no: trade_no.clone(),
        amount: TOTAL,
        refund_no: Some(refund_no.to_owned()),
    };
    let refused = RefundRefused {
        order_id,
        trade_no,
        amount: TOTAL,
        refund_no: Some(refund_no.to_owned()),
        cause: "unknown".into(),
    };
    [message(stand, &refunded), message(stand, &refused)]
}

async fn shuffled_and_repeated_events_change_nothing_in_the_result(mut stand: Stand) {
    stand.start_replica().await;
    for seed in 0..SEEDS {
        let twice = stand.place_order(BAG, 1).await;
        let refunded = stand.place_order(BAG, 1).await;
        stand.pay(&refunded, TOTAL).await;
        let wish = json!({"reason": "不想要了"});
        let asked = stand.buyer_post(&format!("{refunded}/refund"), &wish).await;
        let number = asked["data"]["refund_no"].as_str().unwrap().to_owned();
        let mut messages = vec![
            succeeded(&stand, &twice, "A", TOTAL),
            succeeded(&stand, &twice, "A", TOTAL), // another event of the same trade
            succeeded(&stand, &twice, "B", TOTAL),
            succeeded(&stand, &twice, "C", Fen(1)),
            succeeded(&stand, &refunded, "T1", TOTAL), // the payment, told late
        ];
        messages.extend(said_of_refund(&stand, &refunded, &number));
        let requested_before = stand.published("order.refund_requested").await.len();

        for message in shuffled(seed, &messages) {
            stand.deliver(&message).await;
        }

        stand.wait_for_quiet().await;
        assert_eq!(stand.status(&twice).await, 2, "seed {seed}: paid by one of two");
        let requested = stand
            .published("order.refund_requested")
            .await
            .split_off(requested_before);
        // Of one trade more than one event may ask: pays-svc knows them by trade and reason.
        let goes_back: BTreeSet<(&str, &str)> = requested
            .iter()
            .map(|request| {
                let text = |field: &str| request[field].as_str().unwrap();
                (text("amount"), text("trade_no"))
            })
            .collect();
        let of = |amount: &str| goes_back.iter().filter(|(back, _)| *back == amount).count();
        assert_eq!(
            (of("269.00"), of("0.01"), goes_back.len()),
            (1, 1, 2),
            "seed {seed}"
        );
        assert_eq!(
            stand.status(&refunded).await,
            16,
            "seed {seed}: its money is back"
        );
        let total: i64 = stand
            .scalar(&format!(
                "SELECT refund_total FROM orders_order_info WHERE order_id = '{refunded}'"
            ))
            .await;
        assert_eq!(total, TOTAL.0, "seed {seed}");
    }
    stand.close().await;
}
