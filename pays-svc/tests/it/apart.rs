//! No provider is called while a transaction is open: each call here tries to write, which an open transaction of
//! the service would keep from it.

use std::time::Duration;

use chrono::TimeDelta;
use common::contracts::events::orders::{CancelReason, OrderCancelled, RefundReason, RefundRequested};
use common::contracts::ids::UserId;
use common::contracts::internal_apis::pays::PaymentState;
use common::money::Fen;
use sea_orm::ConnectionTrait;

use crate::shop::{Shop, order, request};

#[tokio::test]
async fn whatever_asks_alipay_has_no_transaction_open_meanwhile() {
    let shop = Shop::start().await;
    // SQLite lets one transaction write at a time: `BEGIN IMMEDIATE` fails after 200 ms while the service is in one.
    shop.run("PRAGMA busy_timeout = 200").await;
    let db = shop.db.clone();
    shop.alipay.on_call(move |method| {
        let db = db.clone();
        Box::pin(async move {
            // Longer than anything of the service's own writes lasts, should one come in between.
            for _ in 0..5 {
                if db.execute_unprepared("BEGIN IMMEDIATE; ROLLBACK").await.is_ok() {
                    return Ok(());
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(format!("{method} was called inside a transaction"))
        })
    });
    shop.pays.register(&order(), &request()).await.unwrap();
    shop.alipay.has_trade("WAIT_BUYER_PAY", "528.00");
    assert_eq!(shop.pays.sync(&order()).await.unwrap(), PaymentState::Waiting);
    shop.tell(&OrderCancelled {
        order_id: order(),
        user_id: UserId(7),
        reason: CancelReason::Buyer,
    })
    .await;
    shop.until_text("SELECT status FROM pays_payment", "closed").await;
    shop.alipay.book.lock().unwrap().trades.clear();
    shop.alipay.has_trade("TRADE_SUCCESS", "528.01");
    let wrong_sum = shop.alipay.notify(&[("total_amount", "528.01")]);
    assert_eq!(shop.notify(&wrong_sum).await.1, "success");
    shop.until_text("SELECT status FROM pays_refund", "done").await;
    let paid = shop
        .alipay
        .notify(&[("trade_no", "2026112122002"), ("notify_id", "2")]);
    assert_eq!(shop.notify(&paid).await.1, "success");
    shop.alipay.book.lock().unwrap().trades[0].trade_no = "2026112122002".into();
    shop.tell(&RefundRequested {
        order_id: order(),
        trade_no: "2026112122002".into(),
        amount: Fen(100),
        reason: RefundReason::Buyer,
        refund_no: Some("A1".into()),
    })
    .await;
    shop.clock.advance(TimeDelta::minutes(1));
    shop.until_text("SELECT status FROM pays_refund WHERE refund_no = 'A1'", "done")
        .await;
    for (method, least) in [
        ("alipay.trade.query", 2),
        ("alipay.trade.close", 1),
        ("alipay.trade.refund", 2),
        ("alipay.data.dataservice.bill.downloadurl.query", 1),
    ] {
        assert!(shop.alipay.calls(method) >= least, "{method}");
    }
    assert_eq!(shop.alipay.complaints(), Vec::<String>::new());
    shop.stop().await;
}
