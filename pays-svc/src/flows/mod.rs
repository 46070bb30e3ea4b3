//! What this service does, one file per operation; each opens at most one transaction and calls nobody inside it.

pub(crate) mod check_books;
pub(crate) mod close_trade;
pub(crate) mod handle_notify;
pub(crate) mod note_refund;
pub(crate) mod query_payment;
pub(crate) mod reconcile;
pub(crate) mod record_payment;
pub(crate) mod refund_wrong_sum;
pub(crate) mod register_payment;
pub(crate) mod report_anomaly;
pub(crate) mod request_refund;
pub(crate) mod resolve_anomaly;
pub(crate) mod resolve_refund;
pub(crate) mod send_refund;
pub(crate) mod settle_refund;
pub(crate) mod show_payment;
pub(crate) mod sync_payment;
