//! What pays-svc answers to other services: a payment for an order, and what became of it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::contracts::ids::{OrderId, UserId};
use crate::http_client::{CallError, InternalClient};
use crate::money::Fen;
use crate::settings::{Default, Setting, setting};

/// Where the replicas of pays-svc answer.
pub const URLS: Setting = setting(
    "PAYS_URLS",
    Default::Value("http://127.0.0.1:8005"),
    "base addresses of pays-svc's replicas, comma-separated",
);

/// `PUT` [`RegisterPayment`]: makes the order payable and signs the address of the cashier; the same call again
/// gives an address of the same payment.
pub const REGISTER_PAYMENT: &str = "/internal/payments/{order_id}";
/// `PUT`, no body: asks the provider when no notify came yet, within a bounded time.
pub const SYNC_PAYMENT: &str = "/internal/payments/{order_id}/sync";

/// Limit of [`SYNC_PAYMENT`], all tries together: above the 3 s that the provider gets (reliability §5.12).
const SYNC_LIMIT: Duration = Duration::from_millis(3500);

/// What is to be paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterPayment {
    /// The buyer.
    pub user_id: UserId,
    /// The sum, freight included. Another sum for the same order is refused.
    pub amount: Fen,
    /// When the cashier stops accepting it.
    pub expire_at: DateTime<Utc>,
    /// The contract's number of who takes the money: 1, Alipay, when nothing is said; 2, WeChat Pay, is refused with
    /// 10514 as long as it is not enabled. What was registered first holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_method: Option<i16>,
    /// Which of the provider's cashiers the address leads to.
    #[serde(default)]
    pub cashier: Cashier,
}

/// A provider's cashiers. All take the same payment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cashier {
    /// For large screens.
    #[default]
    Page,
    /// For the browser of a phone.
    Wap,
}

/// A payment that waits for the buyer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payable {
    /// Signed address of the provider's cashier.
    pub pay_url: String,
}

/// What is known of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum PaymentState {
    /// Verified money has arrived.
    Paid {
        /// The provider's trade.
        trade_no: String,
        /// What arrived.
        amount: Fen,
        /// When, by the provider's word.
        paid_at: DateTime<Utc>,
    },
    /// No money yet, by the provider's word.
    Waiting,
    /// The provider gave no usable answer: money may be there.
    Silent,
    /// No payment was registered for this order.
    Unknown,
}

/// Client of pays-svc.
#[derive(Clone, Debug)]
pub struct PaysClient(pub InternalClient);

impl PaysClient {
    /// Makes an order payable. Idempotent.
    pub async fn register(
        &self,
        order_id: &OrderId,
        request: &RegisterPayment,
    ) -> Result<Payable, CallError> {
        self.0
            .put(&format!("/internal/payments/{order_id}"), request)
            .await
    }

    /// Looks, and asks the provider if need be, whether an order has been paid.
    pub async fn sync(&self, order_id: &OrderId) -> Result<PaymentState, CallError> {
        let path = format!("/internal/payments/{order_id}/sync");
        self.0.put_within(SYNC_LIMIT, &path, &()).await
    }
}
