//! One notify fifty times at once (reliability F11).

use common::contracts::events::pays::PaymentSucceeded;

use crate::shop::{Engine, Shop, order, request, until};

#[tokio::test]
async fn fifty_notifies_at_once_pay_once_and_are_all_answered_success_on_both_engines() {
    for engine in [Engine::Sqlite, Engine::MariaDb] {
        let Some(shop) = Shop::start_on(engine).await else {
            continue;
        };
        shop.pays.register(&order(), &request()).await.unwrap();
        let pairs = shop.alipay.notify(&[]);
        let answers = futures_util::future::join_all((0..50).map(|_| shop.notify(&pairs))).await;
        for (status, body) in answers {
            assert_eq!(body, "success", "{engine:?}: {status}");
        }
        assert_eq!(shop.payment_status().await, "paid");
        for table in ["pays_transaction", "outbox"] {
            let rows = shop.number(&format!("SELECT COUNT(*) FROM {table}")).await;
            assert_eq!(rows, 1, "{engine:?}: {table}");
        }
        until("payment.succeeded", || {
            !shop.heard::<PaymentSucceeded>().is_empty()
        })
        .await;
        assert_eq!(shop.heard::<PaymentSucceeded>().len(), 1);
        shop.stop().await;
    }
}
