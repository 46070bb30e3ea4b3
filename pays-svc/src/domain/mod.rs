//! What payments, trades and refunds are, and their rules: pure, without IO, clock or chance.

pub(crate) mod payment;
pub(crate) mod query_schedule;
pub(crate) mod refund;
pub(crate) mod trade;
