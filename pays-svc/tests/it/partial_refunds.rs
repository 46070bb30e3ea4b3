//! Refunds in parts: each once, and never more together than was paid.

use chrono::TimeDelta;
use common::contracts::events::orders::{RefundReason, RefundRequested};
use common::contracts::events::pays::{PaymentRefunded, PaymentSucceeded, RefundRefused};
use common::money::Fen;

use crate::alipay::Mode;
use crate::shop::{Engine, Shop, order, request, until};

const TRADE: &str = "2026112122001";

fn part(refund_no: &str, fen: i64) -> RefundRequested {
    RefundRequested {
        order_id: order(),
        trade_no: TRADE.into(),
        amount: Fen(fen),
        reason: RefundReason::Buyer,
        refund_no: Some(refund_no.into()),
    }
}

async fn paid_shop(engine: Engine) -> Option<Shop> {
    let shop = Shop::start_on(engine).await?;
    shop.pays.register(&order(), &request()).await.unwrap();
    shop.alipay.has_trade("TRADE_SUCCESS", "528.00");
    assert_eq!(shop.notify(&shop.alipay.notify(&[])).await.1, "success");
    Some(shop)
}

impl Shop {
    /// Debits less credits of an account.
    async fn balance(&self, account: &str) -> i64 {
        self.number(&format!(
            "SELECT CAST(COALESCE(SUM(CASE side WHEN 'debit' THEN amount ELSE -amount END), 0) AS SIGNED) \
             FROM pays_ledger WHERE account = '{account}'"
        ))
        .await
    }

    /// Lets three seconds at a time pass, which the provider wants between two refunds, until `count` are done.
    async fn until_refunds_done(&self, count: i64) {
        let done = "SELECT COUNT(*) FROM pays_refund WHERE status = 'done'";
        for _ in 0..600 {
            if self.number(done).await == count {
                return;
            }
            self.clock.advance(TimeDelta::seconds(4));
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("{} of {count} refunds are done", self.number(done).await);
    }
}

#[tokio::test]
async fn parts_go_back_each_once_and_the_ledger_has_them_on_both_engines() {
    for engine in [Engine::Sqlite, Engine::MariaDb] {
        let Some(shop) = paid_shop(engine).await else {
            continue;
        };
        assert_eq!(
            (shop.balance("provider").await, shop.balance("buyers").await),
            (52_800, -52_800)
        );
        for request in [part("A1", 10_000), part("A2", 20_000), part("A1", 10_000)] {
            shop.tell(&request).await;
        }
        shop.until_refunds_done(2).await;
        until("two refunds told", || shop.heard::<PaymentRefunded>().len() == 2).await;
        let mut told: Vec<_> = shop
            .heard::<PaymentRefunded>()
            .into_iter()
            .map(|refunded| (refunded.refund_no.unwrap(), refunded.amount.0))
            .collect();
        told.sort();
        assert_eq!(told, [("A1".to_owned(), 10_000), ("A2".to_owned(), 20_000)]);
        assert_eq!(
            shop.number("SELECT refund_total FROM pays_transaction").await,
            30_000
        );
        assert_eq!(
            (shop.balance("provider").await, shop.balance("buyers").await),
            (22_800, -22_800)
        );
        assert_eq!(shop.number("SELECT COUNT(*) FROM pays_ledger").await, 6);
        shop.stop().await;
    }
}

#[tokio::test]
async fn twenty_requests_at_once_never_give_back_more_than_was_paid_on_both_engines() {
    for engine in [Engine::Sqlite, Engine::MariaDb] {
        let Some(shop) = paid_shop(engine).await else {
            continue;
        };
        let requests: Vec<_> = (0..20)
            .map(|number| part(&format!("B{number}"), 10_000))
            .collect();
        futures_util::future::join_all(requests.iter().map(|request| shop.tell(request))).await;
        until("fifteen are refused", || {
            shop.heard::<RefundRefused>().len() == 15
        })
        .await;
        assert_eq!(
            shop.number("SELECT COUNT(*) FROM pays_refund").await,
            5,
            "{engine:?}"
        );
        assert_eq!(
            shop.number("SELECT refund_total FROM pays_transaction").await,
            50_000
        );
        let refused = shop.heard::<RefundRefused>().remove(0);
        assert!(refused.refund_no.unwrap().starts_with('B') && refused.cause.contains("not left"));
        let too_much = "UPDATE pays_transaction SET refund_total = amount + 1";
        assert!(
            shop.try_run(too_much).await.is_err(),
            "the database itself refuses it"
        );
        shop.stop().await;
    }
}

#[tokio::test]
async fn one_number_means_one_sum() {
    let shop = paid_shop(Engine::Sqlite).await.unwrap();
    shop.tell(&part("A1", 10_000)).await;
    shop.until_text("SELECT CAST(COUNT(*) AS CHAR) FROM pays_refund", "1")
        .await;
    shop.tell(&part("A1", 10_001)).await;
    until("the other sum is refused", || {
        shop.heard::<RefundRefused>().len() == 1
    })
    .await;
    assert_eq!(shop.number("SELECT amount FROM pays_refund").await, 10_000);
    shop.stop().await;
}

#[tokio::test]
async fn orders_is_told_when_a_refund_needs_a_person_and_when_it_works_after_all() {
    let shop = paid_shop(Engine::Sqlite).await.unwrap();
    shop.alipay.set_mode(Mode::RefundRefused);
    shop.tell(&part("A1", 10_000)).await;
    until("the refusal", || !shop.heard::<RefundRefused>().is_empty()).await;
    let refused = shop.heard::<RefundRefused>().remove(0);
    assert_eq!(
        (refused.refund_no.as_deref(), refused.amount),
        (Some("A1"), Fen(10_000))
    );
    assert_eq!(refused.cause, "ACQ.SELLER_BALANCE_NOT_ENOUGH");
    let number = shop.text("SELECT out_request_no FROM pays_refund").await;
    let news = [
        ("trade_status", "TRADE_SUCCESS"),
        ("refund_fee", "100.00"),
        ("gmt_refund", "2026-11-21 20:00:00.123"),
        ("out_biz_no", number.as_str()),
        ("notify_id", "refund"),
    ];
    for _ in 0..2 {
        assert_eq!(shop.notify(&shop.alipay.notify(&news)).await.1, "success");
    }
    until("the refund", || shop.heard::<PaymentRefunded>().len() == 1).await;
    let at = "SELECT substr(refunded_at, 1, 19) FROM pays_refund";
    assert_eq!(shop.text(at).await.replace('T', " "), "2026-11-21 12:00:00");
    shop.stop().await;
}

#[tokio::test]
async fn money_of_a_wrong_sum_goes_back_by_itself_once_alipay_confirms_it() {
    for engine in [Engine::Sqlite, Engine::MariaDb] {
        let Some(shop) = Shop::start_on(engine).await else {
            continue;
        };
        shop.pays.register(&order(), &request()).await.unwrap();
        let wrong = shop.alipay.notify(&[("total_amount", "528.01")]);
        assert_eq!(shop.notify(&wrong).await.1, "fail", "one message is not enough");
        shop.alipay.has_trade("TRADE_SUCCESS", "528.01");
        for _ in 0..2 {
            assert_eq!(shop.notify(&wrong).await.1, "success");
        }
        until("the refund", || shop.heard::<PaymentRefunded>().len() == 1).await;
        let refunded = shop.heard::<PaymentRefunded>().remove(0);
        assert_eq!((refunded.amount, refunded.refund_no), (Fen(52_801), None));
        assert_eq!(shop.payment_status().await, "waiting");
        assert!(shop.heard::<PaymentSucceeded>().is_empty());
        assert_eq!(
            shop.number("SELECT COUNT(*) FROM pays_anomaly WHERE code = 10503")
                .await,
            1
        );
        assert_eq!(shop.text("SELECT verdict FROM pays_notify_log").await, "anomaly");
        assert_eq!(shop.number("SELECT times FROM pays_notify_log").await, 3);
        assert_eq!(shop.balance("provider").await, 0);
        // The right money may still come, by another trade.
        let right = shop
            .alipay
            .notify(&[("trade_no", "2026112122002"), ("notify_id", "right")]);
        assert_eq!(shop.notify(&right).await.1, "success");
        assert_eq!(shop.payment_status().await, "paid");
        shop.stop().await;
    }
}

#[tokio::test]
async fn money_of_a_wrong_sum_found_by_asking_goes_back_too() {
    let shop = Shop::start().await;
    shop.pays.register(&order(), &request()).await.unwrap();
    shop.alipay.has_trade("TRADE_SUCCESS", "1.00");
    shop.clock.advance(TimeDelta::seconds(61));
    until("the refund", || shop.heard::<PaymentRefunded>().len() == 1).await;
    assert_eq!(shop.heard::<PaymentRefunded>()[0].amount, Fen(100));
    assert_eq!(shop.payment_status().await, "waiting");
    shop.stop().await;
}
