//! What orders-svc answers to other services: what became of an order. All else they learn by events.

use serde::{Deserialize, Serialize};

use crate::contracts::ids::OrderId;
use crate::http_client::{CallError, InternalClient};
use crate::settings::{Default, Setting, setting};

/// Where the replicas of orders-svc answer.
pub const URLS: Setting = setting(
    "ORDERS_URLS",
    Default::Value("http://127.0.0.1:8004"),
    "base addresses of orders-svc's replicas, comma-separated",
);

/// `GET`: what became of the order, as [`OrderFate`].
pub const ORDER_FATE: &str = "/internal/orders/{order_id}/fate";

/// What became of an order, as far as its stock is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderFate {
    /// There is no such order. Orders are written before stock is reserved for them, so there will be none.
    Unknown,
    /// It may still be paid: its stock stays held.
    Open,
    /// It was paid: its stock is sold, whatever happened since.
    Paid,
    /// It came to nothing, for good: its stock goes back.
    Dead,
}

/// Client of orders-svc.
#[derive(Clone, Debug)]
pub struct OrdersClient(pub InternalClient);

impl OrdersClient {
    /// What became of the order.
    pub async fn fate(&self, order_id: &OrderId) -> Result<OrderFate, CallError> {
        self.0.get(&format!("/internal/orders/{order_id}/fate")).await
    }
}
