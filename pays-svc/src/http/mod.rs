//! One file per endpoint: reads the request, calls one flow, writes the answer.

pub(crate) mod internal_register_payment;
pub(crate) mod internal_sync_payment;
pub(crate) mod notify_url;
pub(crate) mod return_url;
