//! What members of staff see of payments, and what they do about refunds and anomalies.

use common::contracts::events::orders::{RefundReason, RefundRequested};
use common::contracts::events::pays::PaymentRefunded;
use common::contracts::ids::UserId;
use common::money::Fen;
use common::token::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::alipay::Mode;
use crate::shop::{Engine, ORDER, Shop, order, request, until};

const NUMBER: &str = "AS2026112100001";
const STATUS: &str = "SELECT status FROM pays_refund";

impl Shop {
    async fn call_as(&self, role: Role, method: Method, path: &str, body: Value) -> Value {
        // Tokens are checked against the machine's clock.
        let token = self
            .process
            .keys
            .users
            .issue(UserId(3), "xiaomei", role, 60)
            .unwrap();
        let call = self
            .http
            .request(method, format!("{}/v1/staff/pays{path}", self.url))
            .header("authorization", token)
            .header("accept-language", "en")
            .json(&body);
        call.send().await.unwrap().json().await.unwrap()
    }

    async fn look(&self, path: &str) -> Value {
        self.call_as(Role::Staff, Method::GET, path, Value::Null).await
    }

    async fn act(&self, path: &str) -> Value {
        let because = json!({"reason": "电话里说好了"});
        self.call_as(Role::Staff, Method::POST, path, because).await
    }

    async fn act_on_refund(&self, act: &str) -> Value {
        self.act(&format!("/refunds/{NUMBER}/{act}")).await
    }
}

/// A shop with a refund of 100.00 that Alipay refuses.
async fn shop_with_a_stuck_refund(engine: Engine) -> Option<Shop> {
    let shop = Shop::start_on(engine).await?;
    shop.pays.register(&order(), &request()).await.unwrap();
    shop.alipay.has_trade("TRADE_SUCCESS", "528.00");
    assert_eq!(shop.notify(&shop.alipay.notify(&[])).await.1, "success");
    shop.alipay.set_mode(Mode::RefundRefused);
    shop.tell(&RefundRequested {
        order_id: order(),
        trade_no: "2026112122001".into(),
        amount: Fen(10_000),
        reason: RefundReason::Staff,
        refund_no: Some(NUMBER.into()),
    })
    .await;
    shop.until_text(STATUS, "needs_human").await;
    Some(shop)
}

#[tokio::test]
async fn only_staff_are_let_in_with_10550_for_others() {
    let shop = Shop::start().await;
    let refund = format!("/refunds/{NUMBER}/done");
    for (method, path) in [
        (Method::GET, "/payments"),
        (Method::GET, "/payments/1"),
        (Method::GET, "/refunds"),
        (Method::GET, "/anomalies"),
        (Method::GET, "/reconciliations"),
        (Method::POST, refund.as_str()),
        (Method::POST, "/anomalies/1/resolve"),
    ] {
        let answer = shop
            .call_as(Role::User, method.clone(), path, json!({"reason": "因为"}))
            .await;
        assert_eq!(answer["code"], 10550, "{path}: {answer}");
        let bare = shop
            .http
            .request(method, format!("{}/v1/staff/pays{path}", shop.url));
        let answer: Value = bare.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["code"], 403, "{path}: {answer}");
    }
    shop.stop().await;
}

#[tokio::test]
async fn a_stuck_refund_is_seen_tried_again_and_done() {
    for engine in [Engine::Sqlite, Engine::MariaDb] {
        let Some(shop) = shop_with_a_stuck_refund(engine).await else {
            continue;
        };
        let stuck = shop.look("/refunds").await;
        assert_eq!(stuck["data"][0]["out_request_no"], NUMBER, "{stuck}");
        assert_eq!(stuck["data"][0]["failure"], "ACQ.SELLER_BALANCE_NOT_ENOUGH");
        let open = shop.look("/anomalies").await;
        assert_eq!(open["data"][0]["code"], 10512, "{open}");
        shop.alipay.set_mode(Mode::Right);
        let tried = shop.act_on_refund("retry").await;
        assert_eq!(tried["data"]["status"], "sent", "{tried}");
        shop.until_text(STATUS, "done").await;
        until("the refund", || shop.heard::<PaymentRefunded>().len() == 1).await;
        assert_eq!(shop.look("/anomalies").await["data"], json!([]));
        assert_eq!(
            shop.look("/anomalies?state=resolved").await["data"][0]["resolved_by"],
            "xiaomei"
        );
        let audit = "SELECT CONCAT(username, ' ', action, ' ', reference, ' ', reason) FROM pays_staff_act";
        assert_eq!(
            shop.text(audit).await,
            format!("xiaomei retry_refund {NUMBER} 电话里说好了")
        );
        shop.stop().await;
    }
}

#[tokio::test]
async fn what_was_paid_by_hand_is_done_and_not_taken_from_alipay() {
    let shop = shop_with_a_stuck_refund(Engine::Sqlite).await.unwrap();
    let done = shop.act_on_refund("done").await;
    assert_eq!(done["data"]["status"], "done", "{done}");
    until("the refund", || shop.heard::<PaymentRefunded>().len() == 1).await;
    let credit =
        format!("SELECT account FROM pays_ledger WHERE movement = 'refund:{NUMBER}' AND side = 'credit'");
    assert_eq!(shop.text(&credit).await, "by_hand");
    for act in ["done", "retry", "refuse"] {
        assert_eq!(shop.act_on_refund(act).await["code"], 10517, "{act}");
    }
    assert_eq!(shop.number("SELECT COUNT(*) FROM pays_ledger").await, 4);
    shop.stop().await;
}

#[tokio::test]
async fn what_alipay_paid_after_all_is_neither_paid_by_hand_nor_refused() {
    for act in ["done", "refuse"] {
        let shop = shop_with_a_stuck_refund(Engine::Sqlite).await.unwrap();
        shop.alipay.set_mode(Mode::Right);
        let paid = (NUMBER.to_owned(), "100.00".to_owned());
        shop.alipay.book.lock().unwrap().refunds.extend([paid]);
        assert_eq!(shop.act_on_refund(act).await["data"]["status"], "done");
        let credit =
            format!("SELECT account FROM pays_ledger WHERE movement = 'refund:{NUMBER}' AND side = 'credit'");
        assert_eq!(shop.text(&credit).await, "provider", "{act}");
        shop.stop().await;
    }
}

#[tokio::test]
async fn a_refused_refund_frees_its_money_for_others() {
    let shop = shop_with_a_stuck_refund(Engine::Sqlite).await.unwrap();
    assert_eq!(
        shop.number("SELECT refund_total FROM pays_transaction").await,
        10_000
    );
    assert_eq!(shop.act_on_refund("refuse").await["data"]["status"], "refused");
    assert_eq!(shop.number("SELECT refund_total FROM pays_transaction").await, 0);
    assert!(shop.heard::<PaymentRefunded>().is_empty());
    shop.stop().await;
}

#[tokio::test]
async fn while_alipay_is_silent_nothing_is_settled_by_hand() {
    let shop = shop_with_a_stuck_refund(Engine::Sqlite).await.unwrap();
    shop.alipay.set_mode(Mode::SystemError);
    assert_eq!(shop.act_on_refund("done").await["code"], 10502);
    assert_eq!(shop.text(STATUS).await, "needs_human");
    shop.stop().await;
}

#[tokio::test]
async fn all_that_is_known_of_an_orders_money_is_shown() {
    let shop = shop_with_a_stuck_refund(Engine::Sqlite).await.unwrap();
    let shown = shop.look(&format!("/payments/{ORDER}")).await;
    let data = &shown["data"];
    assert_eq!(data["payment"]["status"], "paid", "{shown}");
    assert_eq!(data["transactions"][0]["refund_total"], "100.00");
    assert_eq!(data["refunds"][0]["status"], "needs_human");
    assert_eq!(data["notifies"][0]["verdict"], "paid");
    let raw = data["notifies"][0]["raw"].as_str().unwrap();
    assert!(
        raw.contains("total_amount=528.00") && raw.contains("buyer_id=***"),
        "{raw}"
    );
    assert_eq!(data["ledger"].as_array().unwrap().len(), 2);
    assert_eq!(shop.look("/payments").await["data"][0]["order_id"], ORDER);
    assert_eq!(shop.look("/payments?status=waiting").await["data"], json!([]));
    assert_eq!(shop.look("/payments/202611211930467").await["code"], 10501);
    shop.stop().await;
}

#[tokio::test]
async fn requests_that_make_no_sense_are_refused() {
    let shop = Shop::start().await;
    for path in [
        "/payments?status=rich",
        "/refunds?status=",
        "/anomalies?state=x",
        "/payments?page=0",
        "/payments?page_size=101",
        "/payments?page=999999999999",
        "/refunds?page=x",
    ] {
        assert_eq!(shop.look(path).await["code"], 10509, "{path}");
    }
    for body in [
        json!({}),
        json!({"reason": ""}),
        json!({"reason": "x".repeat(201)}),
    ] {
        let path = format!("/refunds/{NUMBER}/retry");
        let answer = shop.call_as(Role::Staff, Method::POST, &path, body.clone()).await;
        assert_eq!(answer["code"], 10509, "{body}: {answer}");
    }
    assert_eq!(shop.act_on_refund("retry").await["code"], 10516);
    assert_eq!(shop.act("/anomalies/1/resolve").await["code"], 10518);
    shop.stop().await;
}

#[tokio::test]
async fn an_anomaly_is_resolved_once_and_by_somebody() {
    let shop = Shop::start().await;
    let wrong_app = shop.alipay.notify(&[("app_id", "1")]);
    assert_eq!(shop.notify(&wrong_app).await.1, "fail");
    let id = shop.look("/anomalies").await["data"][0]["id"].as_i64().unwrap();
    let path = format!("/anomalies/{id}/resolve");
    assert_eq!(shop.act(&path).await["code"], 200);
    assert_eq!(shop.act(&path).await["code"], 10518);
    let resolved = shop.look("/anomalies?state=resolved").await;
    assert_eq!(resolved["data"][0]["resolution"], "电话里说好了");
    shop.stop().await;
}
