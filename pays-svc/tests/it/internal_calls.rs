//! What orders-svc calls: registering a payment, and asking what became of it.

use chrono::TimeDelta;
use common::contracts::ids::UserId;
use common::contracts::internal_apis::pays::{Cashier, PaymentState, RegisterPayment};
use common::money::Fen;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::alipay::{Mode, by_name};
use crate::shop::{APP_ID, Engine, ORDER, Shop, order, request, start_time};

impl Shop {
    /// The code and the HTTP status with which registering the usual order is refused.
    async fn refusal(&self, request: &RegisterPayment) -> (u64, u16) {
        let call = self
            .http
            .put(format!("{}/internal/payments/{ORDER}", self.url))
            .header("authorization", self.process.keys.services.current().unwrap())
            .header("accept", "application/problem+json");
        let answer = call.json(request).send().await.unwrap();
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap();
        (body["code"].as_u64().unwrap(), status)
    }
}

#[tokio::test]
async fn a_pay_url_says_what_alipay_wants_to_know_on_both_engines() {
    for engine in [Engine::Sqlite, Engine::MariaDb] {
        let Some(shop) = Shop::start_on(engine).await else {
            continue;
        };
        let pay_url = shop.pays.register(&order(), &request()).await.unwrap().pay_url;
        let (gateway, query) = pay_url.split_once('?').unwrap();
        assert_eq!(gateway, shop.alipay.gateway_url);
        assert!(!query.contains('+') && !query.contains(' '));
        let params = by_name(query);
        let content: Value = serde_json::from_str(&params["biz_content"]).unwrap();
        assert_eq!(
            content,
            json!({
                "out_trade_no": ORDER, "product_code": "FAST_INSTANT_TRADE_PAY", "total_amount": "528.00",
                "subject": ORDER, "time_expire": "2026-11-21 20:00:45",
            })
        );
        for (name, expected) in [
            ("app_id", APP_ID),
            ("method", "alipay.trade.page.pay"),
            ("charset", "utf-8"),
            ("sign_type", "RSA2"),
            ("version", "1.0"),
            ("timestamp", "2026-11-21 19:30:45"),
            ("notify_url", "http://127.0.0.1:8000/v1/pays/notify_url"),
            (
                "return_url",
                "http://127.0.0.1:7000/dadashop/templates/pay_success.html",
            ),
        ] {
            assert_eq!(params[name], expected, "{name}");
        }
        assert!(!params["biz_content"].contains(": "), "compact");
        shop.stop().await;
    }
}

#[tokio::test]
async fn registering_again_gives_the_same_payment_and_what_differs_is_refused_with_409() {
    let shop = Shop::start().await;
    let first = shop.pays.register(&order(), &request()).await.unwrap();
    assert_eq!(shop.pays.register(&order(), &request()).await.unwrap(), first);
    let mut dearer = request();
    dearer.amount = Fen(52_801);
    let mut of_another = request();
    of_another.user_id = UserId(8);
    for other in [dearer, of_another] {
        assert_eq!(shop.refusal(&other).await, (10508, 409));
    }
    assert_eq!(shop.number("SELECT COUNT(*) FROM pays_payment").await, 1);
    shop.stop().await;
}

#[tokio::test]
async fn wechat_pay_and_numbers_of_nobody_are_refused_with_10514_and_leave_the_order_payable() {
    let shop = Shop::start().await;
    for pay_method in [2, 0, 3] {
        let wanted = RegisterPayment {
            pay_method: Some(pay_method),
            ..request()
        };
        assert_eq!(shop.refusal(&wanted).await, (10514, 409));
    }
    let alipay = RegisterPayment {
        pay_method: Some(1),
        ..request()
    };
    assert!(shop.pays.register(&order(), &alipay).await.is_ok());
    assert_eq!(shop.number("SELECT pay_method FROM pays_payment").await, 1);
    shop.stop().await;
}

#[tokio::test]
async fn a_phone_is_led_to_the_cashier_for_phones() {
    let shop = Shop::start().await;
    let wanted = RegisterPayment {
        cashier: Cashier::Wap,
        ..request()
    };
    let pay_url = shop.pays.register(&order(), &wanted).await.unwrap().pay_url;
    let params = by_name(pay_url.split_once('?').unwrap().1);
    assert_eq!(params["method"], "alipay.trade.wap.pay");
    let content: Value = serde_json::from_str(&params["biz_content"]).unwrap();
    assert_eq!(content["product_code"], "QUICK_WAP_WAY");
    shop.stop().await;
}

#[tokio::test]
async fn sums_that_no_provider_takes_are_refused() {
    let shop = Shop::start().await;
    for fen in [0, 10_000_000_001] {
        let mut wanted = request();
        wanted.amount = Fen(fen);
        assert_eq!(shop.refusal(&wanted).await, (10509, 400));
    }
    shop.stop().await;
}

#[tokio::test]
async fn a_paid_payment_cannot_be_registered_again_and_is_known_at_once() {
    let shop = Shop::start().await;
    shop.pays.register(&order(), &request()).await.unwrap();
    assert_eq!(shop.notify(&shop.alipay.notify(&[])).await.1, "success");
    assert_eq!(shop.refusal(&request()).await, (10506, 409));
    let paid = PaymentState::Paid {
        trade_no: "2026112122001".into(),
        amount: Fen(52_800),
        paid_at: start_time() + TimeDelta::seconds(23),
    };
    assert_eq!(shop.pays.sync(&order()).await.unwrap(), paid);
    assert_eq!(shop.alipay.calls("alipay.trade.query"), 0);
    shop.stop().await;
}

#[tokio::test]
async fn a_closed_payment_cannot_be_registered_again() {
    let shop = Shop::start().await;
    shop.pays.register(&order(), &request()).await.unwrap();
    shop.run("UPDATE pays_payment SET status = 'closed'").await;
    assert_eq!(shop.refusal(&request()).await, (10507, 409));
    shop.stop().await;
}

#[tokio::test]
async fn asking_finds_money_of_which_no_notify_came() {
    let shop = Shop::start().await;
    assert_eq!(shop.pays.sync(&order()).await.unwrap(), PaymentState::Unknown);
    shop.pays.register(&order(), &request()).await.unwrap();
    assert_eq!(shop.pays.sync(&order()).await.unwrap(), PaymentState::Waiting);
    shop.alipay.has_trade("TRADE_FINISHED", "528.00");
    let state = shop.pays.sync(&order()).await.unwrap();
    assert!(matches!(state, PaymentState::Paid { .. }), "{state:?}");
    assert_eq!(shop.payment_status().await, "paid");
    assert_eq!(shop.text("SELECT source FROM pays_transaction").await, "query");
    shop.stop().await;
}

#[tokio::test]
async fn no_answer_of_alipays_but_a_genuine_one_pays() {
    let shop = Shop::start().await;
    shop.pays.register(&order(), &request()).await.unwrap();
    shop.alipay.has_trade("TRADE_SUCCESS", "528.00");
    for mode in [
        Mode::WrongSign,
        Mode::Unsigned,
        Mode::SystemError,
        Mode::AnswerLost,
        Mode::Hang,
    ] {
        shop.alipay.set_mode(mode);
        let state = shop.pays.sync(&order()).await.unwrap();
        assert_eq!(state, PaymentState::Silent, "{mode:?}");
    }
    assert_eq!(shop.payment_status().await, "waiting");
    shop.stop().await;
}

#[tokio::test]
async fn a_second_copy_of_the_answer_is_not_believed() {
    let shop = Shop::start().await;
    shop.pays.register(&order(), &request()).await.unwrap();
    shop.alipay.has_trade("WAIT_BUYER_PAY", "528.00");
    shop.alipay.set_mode(Mode::Twice);
    assert_eq!(shop.pays.sync(&order()).await.unwrap(), PaymentState::Silent);
    assert_eq!(shop.payment_status().await, "waiting");
    shop.stop().await;
}

#[tokio::test]
async fn a_wrong_sum_found_by_asking_pays_nothing_and_is_reported() {
    let shop = Shop::start().await;
    shop.pays.register(&order(), &request()).await.unwrap();
    shop.alipay.has_trade("TRADE_SUCCESS", "528.01");
    assert_eq!(shop.pays.sync(&order()).await.unwrap(), PaymentState::Waiting);
    assert_eq!(shop.payment_status().await, "waiting");
    let anomalies = shop
        .number("SELECT COUNT(*) FROM pays_anomaly WHERE code = 10503")
        .await;
    assert_eq!(anomalies, 1);
    shop.stop().await;
}

#[tokio::test]
async fn without_a_service_token_nothing_is_answered() {
    let shop = Shop::start().await;
    for path in [
        format!("/internal/payments/{ORDER}"),
        format!("/internal/payments/{ORDER}/sync"),
    ] {
        let response = shop.http.put(format!("{}{path}", shop.url)).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    }
    shop.stop().await;
}
