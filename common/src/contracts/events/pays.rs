//! Events that pays-svc publishes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::contracts::ids::OrderId;
use crate::money::Fen;
use crate::outbox::Event;

/// Verified money arrived for an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentSucceeded {
    /// The order it was paid for.
    pub order_id: OrderId,
    /// The provider's trade.
    pub trade_no: String,
    /// What arrived.
    pub amount: Fen,
    /// When it arrived, by the provider's word.
    pub paid_at: DateTime<Utc>,
}

impl Event for PaymentSucceeded {
    const TOPIC: &'static str = "payment.succeeded";

    fn key(&self) -> String {
        self.order_id.to_string()
    }
}

/// Money went back to the buyer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRefunded {
    /// The order it was paid for.
    pub order_id: OrderId,
    /// The provider's trade.
    pub trade_no: String,
    /// What went back.
    pub amount: Fen,
    /// The `refund_no` of the request, where it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_no: Option<String>,
}

impl Event for PaymentRefunded {
    const TOPIC: &'static str = "payment.refunded";

    fn key(&self) -> String {
        self.order_id.to_string()
    }
}

/// A refund that was requested will not happen by itself: the provider refuses it for good, or has been silent for
/// too long. Should the money go back after all, `payment.refunded` follows, and counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundRefused {
    /// The order it was paid for.
    pub order_id: OrderId,
    /// The provider's trade.
    pub trade_no: String,
    /// What does not go back.
    pub amount: Fen,
    /// The `refund_no` of the request, where it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_no: Option<String>,
    /// In the provider's words, at most 100 letters.
    pub cause: String,
}

impl Event for RefundRefused {
    const TOPIC: &'static str = "payment.refund_refused";

    fn key(&self) -> String {
        self.order_id.to_string()
    }
}
