//! Money that goes back: once, whatever is lost on the way.

use chrono::TimeDelta;
use common::contracts::events::orders::{RefundReason, RefundRequested};
use common::contracts::events::pays::PaymentRefunded;
use common::money::Fen;

use crate::alipay::Mode;
use crate::shop::{Engine, Shop, order, request, until};

const REFUND: &str = "alipay.trade.refund";
const REFUND_QUERY: &str = "alipay.trade.fastpay.refund.query";
const STATUS: &str = "SELECT status FROM pays_refund";

fn requested() -> RefundRequested {
    RefundRequested {
        order_id: order(),
        trade_no: "2026112122001".into(),
        amount: Fen(52_800),
        reason: RefundReason::Late,
        refund_no: None,
    }
}

/// A shop whose usual order is paid.
async fn paid_shop(engine: Engine) -> Option<Shop> {
    let shop = Shop::start_on(engine).await?;
    shop.pays.register(&order(), &request()).await.unwrap();
    shop.alipay.has_trade("TRADE_SUCCESS", "528.00");
    assert_eq!(shop.notify(&shop.alipay.notify(&[])).await.1, "success");
    Some(shop)
}

impl Shop {
    fn refunded(&self) -> Vec<String> {
        self.alipay
            .book
            .lock()
            .unwrap()
            .refunds
            .values()
            .cloned()
            .collect()
    }

    /// Turns the clock until the refund is done.
    async fn until_done(&self) {
        self.turn_clock_until(async || self.text(STATUS).await == "done")
            .await;
    }

    async fn turn_clock_until(&self, is_so: impl AsyncFn() -> bool) {
        for _ in 0..20 {
            if is_so().await {
                return;
            }
            self.clock.advance(TimeDelta::seconds(11));
            let calls = self.alipay.book.lock().unwrap().calls.len();
            let deadline = std::time::Instant::now() + std::time::Duration::from_secs(3);
            while self.alipay.book.lock().unwrap().calls.len() == calls
                && std::time::Instant::now() < deadline
                && !is_so().await
            {
                tokio::task::yield_now().await;
            }
        }
        panic!("the refund is {}", self.text(STATUS).await);
    }
}

#[tokio::test]
async fn a_requested_refund_goes_back_once_and_is_told_on_both_engines() {
    for engine in [Engine::Sqlite, Engine::MariaDb] {
        let Some(shop) = paid_shop(engine).await else {
            continue;
        };
        let event_id = common::ids::fresh();
        shop.tell_as(event_id, &requested()).await;
        shop.tell_as(event_id, &requested()).await;
        shop.tell(&requested()).await;
        shop.until_text(STATUS, "done").await;
        until("payment.refunded", || !shop.heard::<PaymentRefunded>().is_empty()).await;
        let told = PaymentRefunded {
            order_id: order(),
            trade_no: "2026112122001".into(),
            amount: Fen(52_800),
            refund_no: None,
        };
        assert_eq!(shop.heard::<PaymentRefunded>(), [told]);
        assert_eq!(shop.refunded(), ["528.00"]);
        assert_eq!(shop.alipay.calls(REFUND), 1);
        shop.stop().await;
    }
}

#[tokio::test]
async fn after_a_lost_answer_the_provider_is_asked_before_anything_is_sent_again() {
    let shop = paid_shop(Engine::Sqlite).await.unwrap();
    shop.alipay.set_mode(Mode::AnswerLost);
    shop.tell(&requested()).await;
    until("the call", || shop.alipay.calls(REFUND) == 1).await;
    shop.until_text("SELECT CAST(tries AS CHAR) FROM pays_refund", "1")
        .await;
    shop.alipay.set_mode(Mode::Right);
    shop.until_done().await;
    assert_eq!(
        (shop.alipay.calls(REFUND), shop.alipay.calls(REFUND_QUERY)),
        (1, 1)
    );
    assert_eq!(shop.refunded(), ["528.00"]);
    assert_eq!(shop.number("SELECT COUNT(*) FROM outbox").await, 2);
    shop.stop().await;
}

#[tokio::test]
async fn an_outage_is_waited_out_with_the_same_number() {
    let shop = paid_shop(Engine::Sqlite).await.unwrap();
    shop.alipay.set_mode(Mode::SystemError);
    shop.tell(&requested()).await;
    until("the call", || shop.alipay.calls(REFUND) == 1).await;
    shop.until_text("SELECT CAST(tries AS CHAR) FROM pays_refund", "1")
        .await;
    shop.alipay.set_mode(Mode::Right);
    shop.until_done().await;
    assert_eq!(shop.refunded(), ["528.00"]);
    assert_eq!(shop.alipay.calls(REFUND), 2);
    shop.stop().await;
}

#[tokio::test]
async fn a_refund_of_which_alipay_only_repeats_the_number_is_sent_again() {
    let shop = paid_shop(Engine::Sqlite).await.unwrap();
    shop.alipay.set_mode(Mode::RefundFailed);
    shop.tell(&requested()).await;
    until("the call", || shop.alipay.calls(REFUND) == 1).await;
    shop.turn_clock_until(async || shop.alipay.calls(REFUND) > 1)
        .await;
    assert!(shop.alipay.calls(REFUND_QUERY) > 0);
    assert_eq!(shop.text(STATUS).await, "sent");
    shop.alipay.set_mode(Mode::Right);
    shop.until_done().await;
    assert_eq!(shop.refunded(), ["528.00"]);
    shop.stop().await;
}

#[tokio::test]
async fn a_crash_between_the_call_and_its_record_costs_nothing() {
    let shop = paid_shop(Engine::Sqlite).await.unwrap();
    shop.tell(&requested()).await;
    shop.until_text(STATUS, "done").await;
    // As a process leaves it that was killed after the call.
    shop.run("UPDATE pays_refund SET status = 'sent'").await;
    shop.run("DELETE FROM pays_ledger WHERE movement LIKE 'refund:%'")
        .await;
    shop.run("DELETE FROM outbox WHERE topic = 'payment.refunded'")
        .await;
    shop.clock.advance(TimeDelta::seconds(31));
    shop.until_text(STATUS, "done").await;
    assert_eq!(shop.alipay.calls(REFUND), 1);
    assert_eq!(shop.refunded(), ["528.00"]);
    let told = "SELECT COUNT(*) FROM outbox WHERE topic = 'payment.refunded'";
    assert_eq!(shop.number(told).await, 1);
    shop.stop().await;
}

#[tokio::test]
async fn a_refusal_for_good_is_left_to_a_person_until_alipay_says_that_it_was_done() {
    let shop = paid_shop(Engine::Sqlite).await.unwrap();
    shop.alipay.set_mode(Mode::RefundRefused);
    shop.tell(&requested()).await;
    shop.until_text(STATUS, "needs_human").await;
    let details = shop
        .text("SELECT details FROM pays_anomaly WHERE code = 10512")
        .await;
    assert!(details.contains("SELLER_BALANCE_NOT_ENOUGH"), "{details}");
    let done_by_hand = [
        ("trade_status", "TRADE_CLOSED"),
        ("refund_fee", "528.00"),
        ("notify_id", "refund"),
    ];
    for _ in 0..2 {
        let (_, body) = shop.notify(&shop.alipay.notify(&done_by_hand)).await;
        assert_eq!(body, "success");
    }
    assert_eq!(shop.text(STATUS).await, "done");
    until("payment.refunded", || shop.heard::<PaymentRefunded>().len() == 1).await;
    assert_eq!(shop.number("SELECT COUNT(*) FROM outbox").await, 3);
    shop.stop().await;
}

#[tokio::test]
async fn two_refunds_of_one_trade_keep_their_distance() {
    let shop = paid_shop(Engine::Sqlite).await.unwrap();
    let mut first = requested();
    first.amount = Fen(400);
    shop.tell(&first).await;
    shop.until_text(STATUS, "done").await;
    let mut second = requested();
    second.reason = RefundReason::Staff;
    second.refund_no = Some("S1".into());
    second.amount = Fen(400);
    shop.tell(&second).await;
    let waiting = "SELECT CAST(COUNT(*) AS CHAR) FROM pays_refund WHERE status = 'new'";
    shop.until_text(waiting, "1").await;
    // That nothing happens can only be waited for: a little longer than the job pauses.
    tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
    assert_eq!(shop.alipay.calls(REFUND), 1, "not within three seconds");
    shop.clock.advance(TimeDelta::seconds(4));
    shop.until_text(waiting, "0").await;
    shop.stop().await;
}

#[tokio::test]
async fn money_that_never_came_does_not_go_back() {
    let shop = paid_shop(Engine::Sqlite).await.unwrap();
    let mut unknown_trade = requested();
    unknown_trade.trade_no = "2026112122009".into();
    let mut other_order = requested();
    other_order.order_id = "202611211930467".parse().unwrap();
    let mut too_much = requested();
    too_much.amount = Fen(52_801);
    for unfounded in [unknown_trade, other_order, too_much] {
        shop.tell(&unfounded).await;
    }
    let bus = shop.process.backends.bus.clone();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while bus.parked("pays").await.unwrap().len() < 3 {
        assert!(std::time::Instant::now() < deadline, "not parked");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(shop.number("SELECT COUNT(*) FROM pays_refund").await, 0);
    shop.stop().await;
}
