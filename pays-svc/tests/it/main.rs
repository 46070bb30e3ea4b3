//! pays-svc over real HTTP, with a stand-in of Alipay in the test process and with the sandbox.
#![allow(clippy::unwrap_used, reason = "a helper that fails must fail its test")]

mod alipay;
mod apart;
mod codes;
mod crashes;
mod duplicates;
mod internal_calls;
mod limits;
mod logs;
mod migrate;
mod notify_battery;
mod notify_meanings;
mod partial_refunds;
mod payments_heard_of_late;
mod process;
mod reconciliation;
mod refunds;
mod return_url;
mod sandbox;
mod settings;
mod shop;
mod staff;
