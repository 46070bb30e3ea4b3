//! What the service does: one file per operation; each opens at most one transaction and calls nobody inside it.

pub mod advance;
pub mod cancel_expired;
pub mod confirm_receipt;
pub mod forget_keys;
pub mod heal_half_made;
pub mod list_orders;
pub mod mark_paid;
pub mod pay_order;
pub mod payment_result;
pub mod place_order;
pub mod record_refund;
