//! Events that orders-svc publishes.

use serde::{Deserialize, Serialize};

use crate::contracts::ids::{OrderId, UserId};
use crate::money::Fen;
use crate::outbox::Event;

/// An order waits for payment; what was taken from the cart for it is bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderCreated {
    /// The order.
    pub order_id: OrderId,
    /// Its buyer.
    pub user_id: UserId,
    /// What is to be paid, freight included.
    pub total: Fen,
}

impl Event for OrderCreated {
    const TOPIC: &'static str = "order.created";

    fn key(&self) -> String {
        self.order_id.to_string()
    }
}

/// A checkout came to nothing; what was taken from the cart for it goes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckoutFailed {
    /// The order that never was.
    pub order_id: OrderId,
    /// Who tried.
    pub user_id: UserId,
}

impl Event for CheckoutFailed {
    const TOPIC: &'static str = "order.checkout_failed";

    fn key(&self) -> String {
        self.order_id.to_string()
    }
}

/// An unpaid order was cancelled: its stock is released, its trade closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderCancelled {
    /// The order.
    pub order_id: OrderId,
    /// Its buyer.
    pub user_id: UserId,
    /// Why.
    pub reason: CancelReason,
}

/// Why an unpaid order was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// Not paid in time.
    PaymentTimeout,
    /// The buyer asked.
    Buyer,
}

impl Event for OrderCancelled {
    const TOPIC: &'static str = "order.cancelled";

    fn key(&self) -> String {
        self.order_id.to_string()
    }
}

/// An order is paid: its reserved stock is sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPaid {
    /// The order.
    pub order_id: OrderId,
    /// Its buyer.
    pub user_id: UserId,
}

impl Event for OrderPaid {
    const TOPIC: &'static str = "order.paid";

    fn key(&self) -> String {
        self.order_id.to_string()
    }
}

/// Money arrived that no order may keep, and goes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundRequested {
    /// The order it was paid for.
    pub order_id: OrderId,
    /// The provider's trade.
    pub trade_no: String,
    /// How much goes back.
    pub amount: Fen,
    /// Why.
    pub reason: RefundReason,
}

/// Why money goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundReason {
    /// The order was cancelled, or never came to be, before the money arrived.
    Late,
    /// The order was paid already, by another trade.
    Duplicate,
    /// The amount was not the order's.
    Amount,
}

impl Event for RefundRequested {
    const TOPIC: &'static str = "order.refund_requested";

    fn key(&self) -> String {
        self.order_id.to_string()
    }
}
