//! Tests of what `common` offers, against the servers it talks to.
#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod broker_faults;
mod bus;
mod cache;
mod kv;
mod observe;
mod outbox;
mod private_broker;
mod proxy;
mod stand;
