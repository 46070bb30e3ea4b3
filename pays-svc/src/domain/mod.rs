//! What payments, trades and refunds are, and their rules: pure, without IO, clock or chance.

pub(crate) mod bill;
pub(crate) mod ledger;
pub(crate) mod payment;
pub(crate) mod query_schedule;
pub(crate) mod refund;
pub(crate) mod staff;
pub(crate) mod trade;
