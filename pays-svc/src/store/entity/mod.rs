//! The tables of this service, one model each.

pub(super) mod anomaly;
pub(super) mod ledger;
pub(super) mod notify_log;
pub(super) mod payment;
pub(super) mod reconciliation;
pub(super) mod refund;
pub(super) mod staff_act;
pub(super) mod transaction;
