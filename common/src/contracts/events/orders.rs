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

/// A parcel left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderShipped {
    /// The order.
    pub order_id: OrderId,
    /// Its buyer.
    pub user_id: UserId,
    /// Who carries the parcel.
    pub carrier: String,
    /// By which number the carrier knows it.
    pub tracking_no: String,
}

impl Event for OrderShipped {
    const TOPIC: &'static str = "order.shipped";

    fn key(&self) -> String {
        self.order_id.to_string()
    }
}

/// A parcel was received: its buyer says so, or has said nothing for long enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderDone {
    /// The order.
    pub order_id: OrderId,
    /// Its buyer.
    pub user_id: UserId,
}

impl Event for OrderDone {
    const TOPIC: &'static str = "order.done";

    fn key(&self) -> String {
        self.order_id.to_string()
    }
}

/// All money of an order went back before its parcel left: its pieces can be sold again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRefunded {
    /// The order.
    pub order_id: OrderId,
    /// Its buyer.
    pub user_id: UserId,
}

impl Event for OrderRefunded {
    const TOPIC: &'static str = "order.refunded";

    fn key(&self) -> String {
        self.order_id.to_string()
    }
}

/// Money goes back: all of a payment that no order may keep, or all or a part of what an order was paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundRequested {
    /// The order it was paid for.
    pub order_id: OrderId,
    /// The provider's trade.
    pub trade_no: String,
    /// How much goes back; at most what the trade brought, all its refunds together.
    pub amount: Fen,
    /// Why.
    pub reason: RefundReason,
    /// Names this refund for ever, at most 40 letters and digits: one trade may have several. `None` for money that
    /// no order may keep: then trade and reason name it. It comes back in `payment.refunded` and
    /// `payment.refund_refused`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_no: Option<String>,
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
    /// The buyer wants the money back.
    Buyer,
    /// Staff give money back.
    Staff,
}

impl Event for RefundRequested {
    const TOPIC: &'static str = "order.refund_requested";

    fn key(&self) -> String {
        self.order_id.to_string()
    }
}
