//! The buyer's browser: requests as the pages send them, and what they are answered.

use common::contracts::events::pays::PaymentSucceeded;
use common::contracts::ids::{OrderId, UserId};
use common::ids;
use common::money::Fen;
use common::token::Role;
use serde_json::{Value, json};

use crate::stand::{ADDRESS, BUYER, BUYER_NAME, STAFF, Stand};

impl Stand {
    fn token(&self, user: UserId, name: &str) -> String {
        self.process
            .keys
            .users
            .issue(user, name, Role::User, 86_400)
            .unwrap()
    }

    /// A request by the buyer to replica `replica`.
    pub fn request_to(&self, replica: usize, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.request_with(replica, &self.token(BUYER, BUYER_NAME), method, path)
    }

    /// A request by the buyer.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.request_to(0, method, path)
    }

    /// A request by someone else, below their own path.
    pub fn request_as(&self, user: UserId, method: &str, query: &str) -> reqwest::RequestBuilder {
        let name = format!("buyer{user}");
        self.request_with(
            0,
            &self.token(user, &name),
            method,
            &format!("/v1/orders/{name}{query}"),
        )
    }

    /// A request of one of the staff.
    pub fn staff(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let tokens = &self.process.keys.users;
        let token = tokens.issue(STAFF, "manager", Role::Staff, 86_400).unwrap();
        self.request_with(0, &token, method, &format!("/v1/staff/orders{path}"))
    }

    /// Does what staff do to an order, and gives the answer.
    pub async fn staff_post(&self, path: &str, body: &Value) -> Value {
        answer(self.staff("POST", path).json(body)).await
    }

    /// Does what the buyer does to an order, and gives the answer.
    pub async fn buyer_post(&self, path: &str, body: &Value) -> Value {
        answer(
            self.request("POST", &format!("/v1/orders/meixia01/{path}"))
                .json(body),
        )
        .await
    }

    /// Pays an order with trade `T1`, as the provider would tell.
    pub async fn pay(&self, id: &OrderId, amount: Fen) {
        let paid = PaymentSucceeded {
            order_id: id.clone(),
            trade_no: "T1".into(),
            amount,
            paid_at: self.clock.now(),
        };
        self.publish(&paid).await;
        self.wait_for_status(id, 2).await;
    }

    /// A request of a page at which nobody is logged in.
    pub fn anonymous(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.request_with(0, "null", method, path)
    }

    pub fn request_with(
        &self,
        replica: usize,
        token: &str,
        method: &str,
        path: &str,
    ) -> reqwest::RequestBuilder {
        let url = format!("http://{}{path}", self.replicas[replica]);
        let request = self.browser.request(method.parse().unwrap(), url);
        request.header("authorization", token)
    }

    pub async fn get(&self, path: &str) -> Value {
        answer(self.request("GET", path)).await
    }

    /// Posts the body as an order of the buyer.
    pub async fn post_order(&self, body: &Value) -> Value {
        answer(self.request("POST", "/v1/orders/meixia01").json(body)).await
    }

    /// Buys past the cart, and gives the id.
    pub async fn place_order(&self, sku: i64, count: i64) -> OrderId {
        let key = ids::fresh().to_string();
        let request = self
            .request("POST", "/v1/orders/meixia01")
            .header("idempotency-key", key);
        order_id(&answer(request.json(&buy_now(sku, count))).await)
    }
}

/// Sends, and reads the envelope; every application outcome is HTTP 200.
pub async fn answer(request: reqwest::RequestBuilder) -> Value {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["cache-control"], "no-store");
    response.json().await.unwrap()
}

/// A body that buys past the cart, as the pages send it: all texts.
pub fn buy_now(sku: i64, count: i64) -> Value {
    json!({
        "address_id": ADDRESS.to_string(), "settlement_type": "1",
        "buy_count": count.to_string(), "sku_id": sku.to_string(),
    })
}

/// A body that buys what is selected in the cart.
pub fn from_cart() -> Value {
    json!({"address_id": ADDRESS.to_string(), "settlement_type": "0"})
}

pub fn order_id(answer: &Value) -> OrderId {
    assert_eq!(answer["code"], 200, "{answer}");
    answer["data"]["order_id"].as_str().unwrap().parse().unwrap()
}
