//! One file per endpoint: its request, its handler, its view of the answer. What begins with `staff_` is for staff.

pub mod advance;
pub mod cancel_order;
pub mod confirm_receipt;
pub mod hide_order;
pub mod internal_order_fate;
pub mod list_orders;
pub mod pay_order;
pub mod payment_result;
pub mod place_order;
pub mod request_refund;
pub mod show_order;
pub mod staff_add_note;
pub mod staff_approve_refund;
pub mod staff_decline_refund;
pub mod staff_export_orders;
pub mod staff_list_orders;
pub mod staff_list_refunds;
pub mod staff_refund_order;
pub mod staff_ship_order;
pub mod staff_show_order;

mod idempotency_key;
mod order_view;
mod placed_order;
mod refund_view;
mod staff_order_view;
mod words;
