//! What the service does: one file per operation; each opens at most one transaction and calls nobody inside it.

pub mod add_note;
pub mod advance;
pub mod cancel_expired;
pub mod cancel_order;
pub mod complete_shipped;
pub mod confirm_receipt;
pub mod forget_keys;
pub mod heal_half_made;
pub mod hide_order;
pub mod list_orders;
pub mod mark_paid;
pub mod pay_order;
pub mod payment_result;
pub mod place_order;
pub mod record_refund;
pub mod refund_order;
pub mod request_refund;
pub mod require_read_committed;
pub mod search_orders;
pub mod ship_order;
pub mod show_order;

mod give_back;
