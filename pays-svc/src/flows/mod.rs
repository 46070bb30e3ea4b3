//! What this service does, one file per operation; each opens at most one transaction and calls nobody inside it.

pub(crate) mod close_trade;
pub(crate) mod handle_notify;
pub(crate) mod query_payment;
pub(crate) mod record_payment;
pub(crate) mod register_payment;
pub(crate) mod report_anomaly;
pub(crate) mod request_refund;
pub(crate) mod send_refund;
pub(crate) mod settle_refund;
pub(crate) mod sync_payment;
