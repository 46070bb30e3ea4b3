//! Against the sandbox: Alipay's side written by other hands, with the buyer at its cashier.

use std::net::TcpListener;

use ::sandbox::{Sandbox, SandboxSettings};
use chrono::{TimeDelta, Utc};
use clap::Parser;
use common::clock::Clock;
use common::contracts::events::orders::{CancelReason, OrderCancelled, RefundReason, RefundRequested};
use common::contracts::events::pays::{PaymentRefunded, PaymentSucceeded};
use common::contracts::ids::UserId;
use common::contracts::internal_apis::pays::{PaymentState, RegisterPayment};
use common::task::Tasks;
use pays_svc::settings as own;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::alipay::FakeAlipay;
use crate::shop::{APP_ID, ORDER, SELLER_ID, Shop, keys, order, request, source, until};

/// A shop that calls a sandbox, and is called by it.
pub struct Pair {
    pub shop: Shop,
    url: String,
    stop: CancellationToken,
    tasks: Tasks,
    _dir: TempDir,
}

impl Pair {
    pub async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(keys()).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), dir.path().join(file.file_name())).unwrap();
        }
        let mut settings = SandboxSettings::parse_from(["sandbox", "--addr", "127.0.0.1:0"]);
        settings.smtp_addr = "127.0.0.1:0".parse().unwrap();
        settings.data_dir = dir.path().to_path_buf();
        settings.app_id = APP_ID.to_owned();
        settings.seller_id = SELLER_ID.to_owned();
        let sandbox = Sandbox::start(settings).await.unwrap();
        let url = sandbox.url();
        let (stop, tasks) = (CancellationToken::new(), Tasks::default());
        tasks.detach(sandbox.run_until_stopped(stop.clone()));

        let mut source = source(keys(), &format!("{url}/alipay/gateway.do"));
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        source.supply(own::ADDR, address.to_string());
        source.supply(
            own::ALIPAY_NOTIFY_URL,
            format!("http://{address}/v1/pays/notify_url"),
        );
        let unused = FakeAlipay::start(keys()).await;
        Self {
            shop: Shop::start_with(unused, source, Clock::System, None).await,
            url,
            stop,
            tasks,
            _dir: dir,
        }
    }

    pub async fn stop(self) {
        self.shop.stop().await;
        self.stop.cancel();
        self.tasks.stop_and_wait(std::time::Duration::from_secs(6)).await;
    }

    /// The order is registered, and the buyer looks at the cashier.
    pub async fn open_cashier(&self) {
        let request = RegisterPayment {
            expire_at: Utc::now() + TimeDelta::minutes(30),
            ..request()
        };
        let pay_url = self.shop.pays.register(&order(), &request).await.unwrap().pay_url;
        let page = self.shop.http.get(pay_url).send().await.unwrap();
        assert_eq!(page.status(), 200);
        assert!(page.text().await.unwrap().contains("528.00"));
    }

    pub async fn press(&self, button: &str) {
        let url = format!("{}/api/alipay/trades/{ORDER}/{button}", self.url);
        let pressed = self.shop.http.post(url).send().await.unwrap();
        assert_eq!(pressed.status(), 200, "{button}");
    }

    pub async fn turn(&self, switches: Value) {
        let url = format!("{}/api/switches", self.url);
        let turned = self.shop.http.put(url).json(&switches).send().await.unwrap();
        assert_eq!(turned.status(), 200);
    }

    pub async fn trade(&self) -> Value {
        let url = format!("{}/api/alipay/trades/{ORDER}", self.url);
        self.shop
            .http
            .get(url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// Waits until the last attempt of the first notify was answered.
    async fn first_attempt(&self) -> Value {
        for _ in 0..500 {
            let attempt = self.trade().await["notices"][0]["attempts"][0].clone();
            if attempt.is_object() {
                return attempt;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("no attempt");
    }
}

#[tokio::test]
async fn from_the_cashier_to_the_notify_to_the_refund() {
    let pair = Pair::start().await;
    let shop = &pair.shop;
    pair.open_cashier().await;
    pair.press("pay").await;
    shop.until_text("SELECT status FROM pays_payment", "paid").await;
    assert_eq!(shop.text("SELECT source FROM pays_transaction").await, "notify");
    until("payment.succeeded", || {
        !shop.heard::<PaymentSucceeded>().is_empty()
    })
    .await;
    let paid = shop.heard::<PaymentSucceeded>().remove(0);
    assert_eq!((paid.order_id.clone(), paid.amount), (order(), request().amount));
    assert!((Utc::now() - paid.paid_at).abs() < TimeDelta::seconds(30));

    shop.tell(&RefundRequested {
        order_id: order(),
        trade_no: paid.trade_no,
        amount: paid.amount,
        reason: RefundReason::Late,
        refund_no: None,
    })
    .await;
    until("payment.refunded", || !shop.heard::<PaymentRefunded>().is_empty()).await;
    let trade = pair.trade().await;
    assert_eq!(trade["status"], "TRADE_CLOSED");
    assert_eq!(trade["refunds"].as_array().unwrap().len(), 1);
    assert_eq!(shop.heard::<PaymentRefunded>().len(), 1);
    pair.stop().await;
}

#[tokio::test]
async fn notifies_that_are_lost_or_wrong_pay_nothing_and_asking_finds_the_money() {
    for notify in ["off", "wrong_sign", "wrong_amount", "wrong_app_id"] {
        let pair = Pair::start().await;
        pair.open_cashier().await;
        pair.turn(json!({ "notify": notify })).await;
        pair.press("pay").await;
        let attempt = pair.first_attempt().await;
        let expected = if notify == "off" {
            Value::Null
        } else {
            "fail".into()
        };
        assert_eq!(attempt["answer"], expected, "{notify}: {attempt}");
        assert_eq!(pair.shop.payment_status().await, "waiting", "{notify}");
        for query in ["error", "wrong_sign"] {
            pair.turn(json!({ "query": query })).await;
            let state = pair.shop.pays.sync(&order()).await.unwrap();
            assert_eq!(state, PaymentState::Silent, "{notify} {query}");
        }
        pair.turn(json!({ "query": "on" })).await;
        let state = pair.shop.pays.sync(&order()).await.unwrap();
        assert!(matches!(state, PaymentState::Paid { .. }), "{notify}: {state:?}");
        pair.stop().await;
    }
}

#[tokio::test]
async fn a_notify_sent_twice_pays_once() {
    let pair = Pair::start().await;
    pair.open_cashier().await;
    pair.turn(json!({ "notify": "duplicate" })).await;
    pair.press("pay").await;
    pair.first_attempt().await;
    pair.shop
        .until_text("SELECT status FROM pays_payment", "paid")
        .await;
    assert_eq!(pair.shop.number("SELECT COUNT(*) FROM outbox").await, 1);
    pair.stop().await;
}

#[tokio::test]
async fn a_cancelled_order_can_no_longer_be_paid_at_the_cashier() {
    let pair = Pair::start().await;
    pair.open_cashier().await;
    pair.shop
        .tell(&OrderCancelled {
            order_id: order(),
            user_id: UserId(7),
            reason: CancelReason::Buyer,
        })
        .await;
    pair.shop
        .until_text("SELECT status FROM pays_payment", "closed")
        .await;
    for _ in 0..500 {
        if pair.trade().await["status"] == "TRADE_CLOSED" {
            pair.stop().await;
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{}", pair.trade().await);
}

#[tokio::test]
async fn a_finished_trade_that_cannot_be_refunded_is_left_to_a_person() {
    let pair = Pair::start().await;
    pair.open_cashier().await;
    pair.press("pay").await;
    pair.shop
        .until_text("SELECT status FROM pays_payment", "paid")
        .await;
    pair.press("finish").await;
    let trade_no = pair.trade().await["trade_no"].as_str().unwrap().to_owned();
    pair.shop
        .tell(&RefundRequested {
            order_id: order(),
            trade_no,
            amount: request().amount,
            reason: RefundReason::Duplicate,
            refund_no: None,
        })
        .await;
    pair.shop
        .until_text("SELECT status FROM pays_refund", "needs_human")
        .await;
    let details = pair.shop.text("SELECT details FROM pays_anomaly").await;
    assert!(details.contains("TRADE_HAS_FINISHED"), "{details}");
    pair.stop().await;
}
