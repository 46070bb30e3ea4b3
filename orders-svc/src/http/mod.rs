//! One file per endpoint: its request, its handler, its view of the answer.

pub mod advance;
pub mod confirm_receipt;
pub mod internal_order_fate;
pub mod list_orders;
pub mod pay_order;
pub mod payment_result;
pub mod place_order;

mod idempotency_key;
mod placed_order;
