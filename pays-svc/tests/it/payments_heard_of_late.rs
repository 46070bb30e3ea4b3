//! Payments of which no notify came, and orders that were cancelled meanwhile.

use chrono::TimeDelta;
use common::contracts::events::orders::{CancelReason, OrderCancelled};
use common::contracts::events::pays::PaymentSucceeded;
use common::contracts::ids::UserId;

use crate::alipay::Mode;
use crate::shop::{Engine, ORDER, Shop, order, request, until};

fn cancelled() -> OrderCancelled {
    OrderCancelled {
        order_id: order(),
        user_id: UserId(7),
        reason: CancelReason::PaymentTimeout,
    }
}

fn status() -> String {
    format!("SELECT status FROM pays_payment WHERE order_id = '{ORDER}'")
}

#[tokio::test]
async fn a_payment_without_a_notify_is_found_after_a_minute_on_both_engines() {
    for engine in [Engine::Sqlite, Engine::MariaDb] {
        let Some(shop) = Shop::start_on(engine).await else {
            continue;
        };
        shop.pays.register(&order(), &request()).await.unwrap();
        shop.alipay.has_trade("TRADE_SUCCESS", "528.00");
        shop.clock.advance(TimeDelta::seconds(61));
        shop.until_text(&status(), "paid").await;
        until("payment.succeeded", || {
            shop.heard::<PaymentSucceeded>().len() == 1
        })
        .await;
        shop.stop().await;
    }
}

#[tokio::test]
async fn the_provider_is_asked_at_the_planned_times_and_no_oftener() {
    let shop = Shop::start().await;
    shop.pays.register(&order(), &request()).await.unwrap();
    // Registered at 11:30:45, payable until 12:00:45.
    let planned = "SELECT COALESCE(substr(next_query_at, 12, 8), 'never') FROM pays_payment";
    shop.until_text(planned, "11:31:45").await;
    for (pause_minutes, next) in [
        (1, "11:33:45"),
        (2, "11:40:45"),
        (7, "11:55:45"),
        (15, "12:00:45"),
        (5, "13:00:45"),
        (60, "18:00:45"),
        (300, "12:00:45"),
        (1080, "never"),
    ] {
        shop.clock.advance(TimeDelta::minutes(pause_minutes));
        shop.until_text(planned, next).await;
    }
    assert_eq!(shop.alipay.calls("alipay.trade.query"), 8);
    shop.stop().await;
}

#[tokio::test]
async fn a_question_that_failed_is_put_again_within_seconds() {
    let shop = Shop::start().await;
    shop.pays.register(&order(), &request()).await.unwrap();
    shop.alipay.has_trade("TRADE_SUCCESS", "528.00");
    shop.alipay.set_mode(Mode::SystemError);
    shop.clock.advance(TimeDelta::seconds(61));
    shop.until_text("SELECT CAST(failed_queries AS CHAR) FROM pays_payment", "1")
        .await;
    shop.alipay.set_mode(Mode::Right);
    shop.clock.advance(TimeDelta::seconds(16));
    shop.until_text(&status(), "paid").await;
    shop.stop().await;
}

#[tokio::test]
async fn a_cancelled_order_is_closed_here_and_at_the_provider() {
    let shop = Shop::start().await;
    shop.pays.register(&order(), &request()).await.unwrap();
    shop.alipay.has_trade("WAIT_BUYER_PAY", "528.00");
    shop.tell(&cancelled()).await;
    shop.until_text(&status(), "closed").await;
    until("a close", || {
        shop.alipay.book.lock().unwrap().trades[0].status == "TRADE_CLOSED"
    })
    .await;
    shop.stop().await;
}

#[tokio::test]
async fn money_that_was_faster_than_the_cancellation_is_found_when_closing_fails() {
    let shop = Shop::start().await;
    shop.pays.register(&order(), &request()).await.unwrap();
    shop.alipay.has_trade("TRADE_SUCCESS", "528.00");
    shop.tell(&cancelled()).await;
    shop.until_text(&status(), "paid").await;
    until("payment.succeeded", || {
        shop.heard::<PaymentSucceeded>().len() == 1
    })
    .await;
    shop.stop().await;
}

#[tokio::test]
async fn money_for_a_closed_payment_is_recorded_and_told_whether_by_notify_or_by_question() {
    let shop = Shop::start().await;
    shop.pays.register(&order(), &request()).await.unwrap();
    shop.tell(&cancelled()).await;
    shop.until_text(&status(), "closed").await;
    assert_eq!(shop.notify(&shop.alipay.notify(&[])).await.1, "success");
    assert_eq!(shop.payment_status().await, "paid");
    shop.stop().await;

    let shop = Shop::start().await;
    shop.pays.register(&order(), &request()).await.unwrap();
    shop.tell(&cancelled()).await;
    shop.until_text(&status(), "closed").await;
    shop.alipay.has_trade("TRADE_SUCCESS", "528.00");
    shop.clock.advance(TimeDelta::minutes(31));
    shop.until_text(&status(), "paid").await;
    shop.stop().await;
}
