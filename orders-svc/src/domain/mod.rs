//! The rules of orders: pure values and functions; time and numbers come in as arguments.

pub mod order;
pub mod order_id;
pub mod order_state;
pub mod payment;
pub mod receipt_match;
pub mod refund;
pub mod timeline;
