//! Alipay's side of page payments: gateway, cashier, trades, refunds, notifies and bills (v1 gateway, RSA2).

pub(crate) mod archive;
pub(crate) mod bill;
pub(crate) mod cashier;
pub(crate) mod cashier_page;
pub(crate) mod failure;
pub(crate) mod gateway;
pub(crate) mod ladder;
pub(crate) mod notify;
pub(crate) mod refund;
pub(crate) mod request;
pub(crate) mod signature;
pub(crate) mod trade;
pub(crate) mod trades;
