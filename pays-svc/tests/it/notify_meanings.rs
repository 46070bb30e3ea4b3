//! What genuine notifies do, in whatever order they come (reliability F12, F13).

use chrono::{DateTime, TimeDelta, Utc};
use common::contracts::events::pays::{PaymentRefunded, PaymentSucceeded};
use common::money::Fen;

use crate::alipay::Pairs;
use crate::shop::{ORDER, Shop, order, request, start_time, until};

const SECOND_ORDER: &str = "202611211930467";

fn paid_at() -> DateTime<Utc> {
    start_time() + TimeDelta::seconds(23)
}

fn succeeded() -> PaymentSucceeded {
    PaymentSucceeded {
        order_id: order(),
        trade_no: "2026112122001".into(),
        amount: Fen(52_800),
        paid_at: paid_at(),
    }
}

impl Shop {
    async fn accepts(&self, pairs: &Pairs) {
        assert_eq!(self.notify(pairs).await.1, "success");
    }

    async fn transactions(&self) -> i64 {
        self.number("SELECT COUNT(*) FROM pays_transaction").await
    }
}

#[tokio::test]
async fn a_payment_is_told_to_orders_once_with_time_and_trade() {
    let shop = Shop::start().await;
    shop.pays.register(&order(), &request()).await.unwrap();
    for _ in 0..3 {
        shop.accepts(&shop.alipay.notify(&[])).await;
    }
    until("payment.succeeded", || {
        !shop.heard::<PaymentSucceeded>().is_empty()
    })
    .await;
    assert_eq!(shop.heard::<PaymentSucceeded>(), [succeeded()]);
    assert_eq!(shop.number("SELECT COUNT(*) FROM outbox").await, 1);
    assert_eq!(shop.number("SELECT COUNT(*) FROM pays_notify_log").await, 1);
    let asked_about = "SELECT COUNT(*) FROM pays_payment WHERE next_query_at IS NOT NULL";
    assert_eq!(shop.number(asked_about).await, 0);
    let raw = shop.text("SELECT raw FROM pays_notify_log").await;
    assert!(
        raw.contains("buyer_id=***") && !raw.contains("2088102116773037"),
        "{raw}"
    );
    assert!(!raw.contains("zho***@test.com"));
    shop.stop().await;
}

#[tokio::test]
async fn finished_may_come_first_and_pays_once_with_success_after_it() {
    let shop = Shop::start().await;
    shop.pays.register(&order(), &request()).await.unwrap();
    let finished = [("trade_status", "TRADE_FINISHED"), ("notify_id", "first")];
    shop.accepts(&shop.alipay.notify(&finished)).await;
    shop.accepts(&shop.alipay.notify(&[])).await;
    assert_eq!(shop.transactions().await, 1);
    assert_eq!(shop.payment_status().await, "paid");
    shop.stop().await;
}

#[tokio::test]
async fn the_news_of_a_refund_never_pays_and_nothing_ever_unpays() {
    let shop = Shop::start().await;
    shop.pays.register(&order(), &request()).await.unwrap();
    for changes in [
        [("trade_status", "TRADE_SUCCESS"), ("refund_fee", "1.00")],
        [
            ("trade_status", "TRADE_SUCCESS"),
            ("gmt_refund", "2026-11-21 20:00:00.123"),
        ],
        [("trade_status", "TRADE_FINISHED"), ("out_biz_no", "R1")],
        [("trade_status", "TRADE_CLOSED"), ("refund_fee", "528.00")],
        [
            ("trade_status", "TRADE_CLOSED"),
            ("gmt_close", "2026-11-21 20:00:00"),
        ],
        [("trade_status", "WAIT_BUYER_PAY"), ("gmt_payment", "")],
    ] {
        shop.accepts(&shop.alipay.notify(&changes)).await;
        assert_eq!(shop.payment_status().await, "waiting", "{changes:?}");
    }
    assert_eq!(shop.transactions().await, 0);
    shop.accepts(&shop.alipay.notify(&[])).await;
    let closed = [("trade_status", "TRADE_CLOSED"), ("notify_id", "later")];
    shop.accepts(&shop.alipay.notify(&closed)).await;
    assert_eq!(shop.payment_status().await, "paid");
    assert!(shop.heard::<PaymentRefunded>().is_empty());
    shop.stop().await;
}

#[tokio::test]
async fn a_second_trade_for_one_order_is_recorded_and_told_for_orders_to_send_back() {
    let shop = Shop::start().await;
    shop.pays.register(&order(), &request()).await.unwrap();
    shop.accepts(&shop.alipay.notify(&[])).await;
    let second = [("trade_no", "2026112122002"), ("notify_id", "second")];
    shop.accepts(&shop.alipay.notify(&second)).await;
    until("two payments", || shop.heard::<PaymentSucceeded>().len() == 2).await;
    assert_eq!(shop.transactions().await, 2);
    shop.stop().await;
}

#[tokio::test]
async fn a_trade_that_paid_one_order_never_pays_another() {
    let shop = Shop::start().await;
    shop.pays.register(&order(), &request()).await.unwrap();
    let second = SECOND_ORDER.parse().unwrap();
    shop.pays.register(&second, &request()).await.unwrap();
    shop.accepts(&shop.alipay.notify(&[])).await;
    let presented_again = shop.alipay.notify(&[("out_trade_no", SECOND_ORDER)]);
    assert_eq!(shop.notify(&presented_again).await.1, "fail");
    let status = format!("SELECT status FROM pays_payment WHERE order_id = '{SECOND_ORDER}'");
    assert_eq!(shop.text(&status).await, "waiting");
    let reported = shop
        .number("SELECT COUNT(*) FROM pays_anomaly WHERE code = 10511")
        .await;
    assert_eq!(reported, 1);
    let paid = "SELECT order_id FROM pays_transaction WHERE trade_no = '2026112122001'";
    assert_eq!(shop.text(paid).await, ORDER);
    shop.stop().await;
}

#[tokio::test]
async fn without_a_readable_time_of_payment_the_present_counts() {
    let shop = Shop::start().await;
    shop.pays.register(&order(), &request()).await.unwrap();
    shop.accepts(&shop.alipay.notify(&[("gmt_payment", "soon")]))
        .await;
    until("payment.succeeded", || {
        !shop.heard::<PaymentSucceeded>().is_empty()
    })
    .await;
    assert_eq!(shop.heard::<PaymentSucceeded>()[0].paid_at, start_time());
    shop.stop().await;
}
