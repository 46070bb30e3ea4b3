//! kill -9 at every named place of payment and refund: what follows heals.

use std::time::{Duration, Instant};

use common::contracts::events::orders::{RefundReason, RefundRequested};
use common::contracts::internal_apis::pays::PaymentState;

use crate::process::{Home, request_now};
use crate::shop::order;

const PAID: &str = "SELECT COUNT(*) FROM outbox WHERE topic = 'payment.succeeded'";
const REFUNDED: &str = "SELECT COUNT(*) FROM outbox WHERE topic = 'payment.refunded'";
const DONE: &str = "SELECT COUNT(*) FROM pays_refund WHERE status = 'done'";

impl Home {
    async fn until_one(&self, sql: &str) {
        let deadline = Instant::now() + Duration::from_secs(15);
        while self.number(sql).await != 1 {
            assert!(Instant::now() < deadline, "{sql}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn a_notify_cut_short_anywhere_pays_once_when_it_is_repeated() {
    for point in [
        "notify_after_verify",
        "record_payment_before_commit",
        "record_payment_after_commit",
    ] {
        let home = Home::new().await;
        let mut life = home.start(Some(point)).await;
        life.pays.register(&order(), &request_now()).await.unwrap();
        let notify = home.alipay.notify(&[]);
        assert_eq!(life.notify(&notify).await, None, "{point}");
        life.has_died().await;

        let life = home.start(None).await;
        assert_eq!(life.notify(&notify).await.unwrap(), "success", "{point}");
        let state = life.pays.sync(&order()).await.unwrap();
        assert!(matches!(state, PaymentState::Paid { .. }), "{point}: {state:?}");
        for table in ["SELECT COUNT(*) FROM pays_transaction", PAID] {
            assert_eq!(home.number(table).await, 1, "{point}: {table}");
        }
    }
}

#[tokio::test]
async fn a_refund_cut_short_anywhere_moves_the_money_once() {
    for point in ["refund_before_call", "refund_after_call", "refund_before_record"] {
        let home = Home::new().await;
        let life = home.start(None).await;
        life.pays.register(&order(), &request_now()).await.unwrap();
        home.alipay.has_trade("TRADE_SUCCESS", "528.00");
        assert_eq!(life.notify(&home.alipay.notify(&[])).await.unwrap(), "success");
        drop(life);
        home.tell(&RefundRequested {
            order_id: order(),
            trade_no: "2026112122001".into(),
            amount: request_now().amount,
            reason: RefundReason::Duplicate,
            refund_no: None,
        })
        .await;

        home.start(Some(point)).await.has_died().await;
        assert_eq!(home.number(DONE).await, 0, "{point}");
        // Time passes, until what the dead process claimed is free again.
        home.run("UPDATE pays_refund SET next_at = created_at").await;
        let _life = home.start(None).await;
        home.until_one(DONE).await;
        assert_eq!(home.number(REFUNDED).await, 1, "{point}");
        let refunds = home.alipay.book.lock().unwrap().refunds.clone();
        assert_eq!(refunds.into_values().collect::<Vec<_>>(), ["528.00"], "{point}");
        let calls = home.alipay.calls("alipay.trade.refund");
        assert_eq!(calls, 1, "{point}");
    }
}
