//! Money: applied to exactly one order, or sent back, and what the page after the cashier is told.

use chrono::TimeDelta;
use common::contracts::events::pays::{PaymentRefunded, PaymentSucceeded};
use common::contracts::ids::{OrderId, UserId};
use common::contracts::internal_apis::pays::PaymentState;
use common::money::Fen;
use serde_json::json;

use crate::browser::answer;
use crate::neighbours::Fault;
use crate::on_both_engines;
use crate::stand::{BAG, BUYER, Stand, eventually};

on_both_engines! {
    a_payment_pays_its_order_once_however_often_it_is_told
    money_for_a_cancelled_order_goes_back
    a_second_trade_for_a_paid_order_goes_back
    money_of_a_wrong_amount_goes_back_and_the_order_stays_unpaid
    money_for_a_checkout_under_way_is_applied_once_that_is_decided
    a_refund_is_recorded_once
    the_result_page_learns_of_a_payment_before_the_event_comes
}

const TOTAL: Fen = Fen(26_900);

fn succeeded(stand: &Stand, id: &OrderId, trade_no: &str, amount: Fen) -> PaymentSucceeded {
    PaymentSucceeded {
        order_id: id.clone(),
        trade_no: trade_no.into(),
        amount,
        paid_at: stand.clock.now(),
    }
}

async fn a_payment_pays_its_order_once_however_often_it_is_told(mut stand: Stand) {
    stand.start_replica().await;
    let id = stand.place_order(BAG, 1).await;
    let message = stand.publish(&succeeded(&stand, &id, "T1", TOTAL)).await;
    stand.wait_for_status(&id, 2).await;

    for _ in 0..5 {
        stand.deliver(&message).await; // the same event
        stand.publish(&succeeded(&stand, &id, "T1", TOTAL)).await; // another one of the same trade
    }

    stand.wait_for_quiet().await;
    assert_eq!(
        stand.published("order.paid").await,
        [json!({"order_id": id, "user_id": BUYER})]
    );
    assert_eq!(stand.published("order.refund_requested").await.len(), 0);
    let trade: String = stand.scalar("SELECT trade_no FROM orders_order_info").await;
    assert_eq!(trade, "T1");
    stand.close().await;
}

async fn money_for_a_cancelled_order_goes_back(stand: Stand) {
    let id = stand.place_order(BAG, 1).await;
    stand.advance(TimeDelta::minutes(31));
    stand.wait_for_status(&id, 12).await;

    stand.publish(&succeeded(&stand, &id, "T1", TOTAL)).await;

    eventually("refund", async || {
        stand.published("order.refund_requested").await.len() == 1
    })
    .await;
    let request = &stand.published("order.refund_requested").await[0];
    let expected = json!({"order_id": id, "trade_no": "T1", "amount": "269.00", "reason": "late"});
    assert_eq!(request, &expected);
    assert_eq!(
        (stand.status(&id).await, stand.published("order.paid").await.len()),
        (12, 0)
    );
    stand.close().await;
}

async fn a_second_trade_for_a_paid_order_goes_back(stand: Stand) {
    let id = stand.place_order(BAG, 1).await;
    stand.publish(&succeeded(&stand, &id, "T1", TOTAL)).await;
    stand.wait_for_status(&id, 2).await;

    stand.publish(&succeeded(&stand, &id, "T2", TOTAL)).await;

    eventually("refund", async || {
        stand.published("order.refund_requested").await.len() == 1
    })
    .await;
    let request = &stand.published("order.refund_requested").await[0];
    assert_eq!(
        (&request["trade_no"], &request["reason"]),
        (&json!("T2"), &json!("duplicate"))
    );
    assert_eq!(stand.status(&id).await, 2);
    stand.close().await;
}

async fn money_of_a_wrong_amount_goes_back_and_the_order_stays_unpaid(stand: Stand) {
    let id = stand.place_order(BAG, 1).await;

    stand.publish(&succeeded(&stand, &id, "T1", Fen(26_899))).await;

    eventually("refund", async || {
        stand.published("order.refund_requested").await.len() == 1
    })
    .await;
    assert_eq!(
        stand.published("order.refund_requested").await[0]["reason"],
        "amount"
    );
    assert_eq!(stand.status(&id).await, 1);
    stand.publish(&succeeded(&stand, &id, "T2", TOTAL)).await;
    stand.wait_for_status(&id, 2).await;
    stand.close().await;
}

async fn money_for_a_checkout_under_way_is_applied_once_that_is_decided(stand: Stand) {
    let id = stand.place_order(BAG, 1).await;
    stand.execute("UPDATE orders_order_info SET status = 11").await;
    stand.publish(&succeeded(&stand, &id, "T1", TOTAL)).await;
    eventually("first attempt", async || {
        stand.scalar::<i64>("SELECT COUNT(*) FROM inbox").await == 0
    })
    .await;

    stand.execute("UPDATE orders_order_info SET status = 1").await;

    stand.wait_for_status(&id, 2).await;
    stand.close().await;
}

async fn a_refund_is_recorded_once(stand: Stand) {
    let id = stand.place_order(BAG, 1).await;
    stand.publish(&succeeded(&stand, &id, "T1", TOTAL)).await;
    stand.wait_for_status(&id, 2).await;
    let refunded = |trade_no: &str| PaymentRefunded {
        order_id: id.clone(),
        trade_no: trade_no.into(),
        amount: TOTAL,
        refund_no: None,
    };

    let message = stand.publish(&refunded("T2")).await;
    stand.deliver(&message).await;
    stand.wait_for_quiet().await;
    let history = "SELECT COUNT(*) FROM orders_order_event WHERE cause LIKE 'PaymentRefunded%'";
    assert_eq!(
        (stand.scalar::<i64>(history).await, stand.status(&id).await),
        (1, 2)
    );

    stand.execute("UPDATE orders_order_info SET status = 15").await;
    stand.publish(&refunded("T1")).await;
    stand.wait_for_status(&id, 16).await;
    stand.close().await;
}

async fn the_result_page_learns_of_a_payment_before_the_event_comes(stand: Stand) {
    let id = stand.place_order(BAG, 1).await;
    let page = format!("/v1/orders/result/?out_trade_no={id}&trade_no=T1&total_amount=269.00&sign=x%2By");
    let unpaid = stand.get(&page).await;
    assert_eq!(unpaid["code"], 50105);
    assert_eq!(unpaid["data"], json!({"order_id": id, "total_amount": "269.00"}));
    let paid = PaymentState::Paid {
        trade_no: "T1".into(),
        amount: TOTAL,
        paid_at: stand.clock.now(),
    };
    stand.neighbours.shop().paid.insert(id.clone(), paid);

    let paid = stand.get(&page).await;

    assert_eq!(
        paid,
        json!({"code": 200, "data": {"order_id": id, "total_amount": "269.00"}})
    );
    assert_eq!(stand.status(&id).await, 2);
    stand.publish(&succeeded(&stand, &id, "T1", TOTAL)).await;
    stand.wait_for_quiet().await;
    assert_eq!(stand.published("order.paid").await.len(), 1);
    assert_eq!(stand.get(&page).await["code"], 200);
    assert_eq!(
        stand.neighbours.calls_of("sync"),
        2,
        "a paid order is not asked about"
    );
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_failure_of_the_result_page_but_a_missing_login_says_not_paid() {
    let stand = Stand::sqlite().await;
    let id = stand.place_order(BAG, 1).await;
    let queries = [
        "",
        "?",
        "?out_trade_no=",
        "?out_trade_no=<b>",
        "?out_trade_no=202601010101017",
        "?out_trade_no=1&out_trade_no=2",
        "?out_trade_no=%ff%fe",
        "?trade_no=T1",
    ];
    for query in queries {
        let answer = stand.get(&format!("/v1/orders/result/{query}")).await;
        assert_eq!(answer["code"], 50105, "{query}");
        assert!(answer["data"]["total_amount"].is_string(), "{query}");
        assert!(!answer.to_string().contains("<b>"), "nothing is echoed");
    }
    let page = format!("/v1/orders/result/?out_trade_no={id}");
    let other = stand.request_as(UserId(8), "GET", "").build().unwrap();
    let token = other.headers()["authorization"].to_str().unwrap().to_owned();
    let other = stand.request_with(0, &token, "GET", &page);
    let other = answer(other).await;
    assert_eq!(
        (&other["code"], &other["data"]["total_amount"]),
        (&json!(50105), &json!("0.00"))
    );
    stand.neighbours.break_call("sync", Fault::AnswerLost);
    assert_eq!(stand.get(&page).await["code"], 50105);
    assert_eq!(answer(stand.anonymous("GET", &page)).await["code"], 403);
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_that_nobody_can_read_are_parked() {
    let stand = Stand::sqlite().await;
    let bus = &stand.process.backends.bus;

    bus.inject("orders", b"not json").await.unwrap();
    bus.inject("orders", br#"{"id":"00000000-0000-0000-0000-000000000001","type":"payment.succeeded","version":1,"key":"k","occurred_at":"2026-01-01T00:00:00Z","data":{"order_id":"x"}}"#).await.unwrap();
    bus.inject("orders", br#"{"id":"00000000-0000-0000-0000-000000000002","type":"goods.gone","version":1,"key":"k","occurred_at":"2026-01-01T00:00:00Z","data":{}}"#).await.unwrap();

    eventually("three parked", async || {
        bus.parked("orders").await.unwrap().len() == 3
    })
    .await;
    stand.close().await;
}
