//! Where orders-svc is found; other services learn of orders by events and ask it nothing.

use crate::settings::{Default, Setting, setting};

/// Where the replicas of orders-svc answer.
pub const URLS: Setting = setting(
    "ORDERS_URLS",
    Default::Value("http://127.0.0.1:8004"),
    "base addresses of orders-svc's replicas, comma-separated",
);
