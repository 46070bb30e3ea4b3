//! The sandbox as its visitors use it: the phone that gets a code, the buyer at the cashier, the hand at the switches.

use common::http_client::outside_client;
use reqwest::Url;
use reqwest::header::LOCATION;
use serde_json::{Value, json};

use crate::poll::{self, PATIENCE};

/// A sandbox, and a client of it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SandboxClient {
    base_url: String,
    http: reqwest::Client,
}

impl SandboxClient {
    /// A client of the sandbox at `base_url`.
    pub fn new(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            http: outside_client(PATIENCE).expect("HTTP client"),
        }
    }

    /// The code of the newest SMS to `phone`, once there is one.
    pub async fn sms_code(&self, phone: &str) -> String {
        poll::eventually("an SMS arrives", || async {
            let inbox = self.get(&format!("/api/sms?phone={phone}")).await;
            inbox[0]["code"].as_str().map(str::to_owned)
        })
        .await
    }

    /// What the sandbox knows of the trade of an order.
    pub async fn trade(&self, order_id: &str) -> Value {
        self.get(&format!("/api/alipay/trades/{order_id}")).await
    }

    /// Opens the cashier's page, as the browser does that is sent to `pay_url`. The trade begins here.
    pub async fn open_cashier(&self, pay_url: &str) -> String {
        let page = self.http.get(pay_url).send().await.expect("cashier");
        assert_eq!(page.status(), 200, "{pay_url}");
        let page = page.text().await.expect("page");
        assert!(page.contains("<form"), "no form on the cashier's page: {page}");
        page
    }

    /// Walks the cashier as a buyer: opens the page, presses 付款, and is sent back to the shop; where to.
    pub async fn pay_by_form(&self, pay_url: &str) -> Url {
        let page = self.open_cashier(pay_url).await;
        let action = form_actions(&page)
            .find(|action| action.ends_with("/pay"))
            .expect("a button to pay");
        let target = Url::parse(pay_url)
            .and_then(|url| url.join(action))
            .expect("action");
        let pressed = self.http.post(target).send().await.expect("cashier");
        assert!(pressed.status().is_redirection(), "{}", pressed.status());
        let location = pressed.headers()[LOCATION].to_str().expect("location");
        Url::parse(location).expect("absolute")
    }

    /// Pays without a browser: opens `pay_url`, then does what the button does.
    pub async fn pay(&self, order_id: &str, pay_url: &str) {
        self.open_cashier(pay_url).await;
        self.press_pay(order_id).await;
    }

    /// What the cashier's button does, for a trade that was opened before.
    pub async fn press_pay(&self, order_id: &str) {
        let paid = self
            .post(&format!("/api/alipay/trades/{order_id}/pay"), &json!({}))
            .await;
        assert_eq!(paid["status"], "TRADE_SUCCESS", "{paid}");
    }

    /// Pays however often the sandbox or the shop is killed meanwhile. False when the trade was closed unpaid.
    pub async fn pay_whatever_happens(&self, order_id: &str, pay_url: &str) -> bool {
        poll::eventually(format!("{order_id} is paid at the cashier"), || async {
            match self.trade_status(order_id).await?.as_str() {
                "TRADE_SUCCESS" | "TRADE_FINISHED" => return Some(true),
                "TRADE_CLOSED" => return Some(false),
                "WAIT_BUYER_PAY" => {
                    let button = format!("{}/api/alipay/trades/{order_id}/pay", self.base_url);
                    drop(self.http.post(button).send().await);
                }
                _ => drop(self.http.get(pay_url).send().await),
            }
            None
        })
        .await
    }

    /// Empty when the cashier was never opened; `None` when the sandbox does not answer.
    async fn trade_status(&self, order_id: &str) -> Option<String> {
        let url = format!("{}/api/alipay/trades/{order_id}", self.base_url);
        let trade: Value = self.http.get(url).send().await.ok()?.json().await.ok()?;
        Some(trade["status"].as_str().unwrap_or_default().to_owned())
    }

    /// Turns failure switches, as `{"notify": "off"}`.
    pub async fn turn(&self, switches: Value) {
        assert!(self.try_turn(&switches).await, "{switches}");
    }

    /// Turns failure switches. False when the sandbox does not answer.
    pub async fn try_turn(&self, switches: &Value) -> bool {
        let url = format!("{}/api/switches", self.base_url);
        let turned = self.http.put(url).json(switches).send().await;
        turned.is_ok_and(|answer| answer.status().is_success())
    }

    /// Turns the clock of the notify ladder forward, so that the next attempt comes now. True if the sandbox is up.
    pub async fn hurry(&self) -> bool {
        let url = format!("{}/api/clock", self.base_url);
        let turned = self
            .http
            .put(url)
            .json(&json!({"advance_seconds": 300}))
            .send()
            .await;
        turned.is_ok_and(|answer| answer.status().is_success())
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.http.get(format!("{}{path}", self.base_url)).send().await;
        answer.expect("sandbox").json().await.expect("JSON")
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.base_url);
        let answer = self.http.post(url).json(body).send().await;
        answer.expect("sandbox").json().await.expect("JSON")
    }
}

/// Where the forms of a page go.
fn form_actions(page: &str) -> impl Iterator<Item = &str> {
    page.split("action=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
}
