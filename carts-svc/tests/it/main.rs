//! The tests of carts-svc: through HTTP, each with a store and port of its own.
#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests are tests too

mod add;
mod change;
mod checkout;
mod codes;
mod goods;
mod list;
mod merge;
mod servers;
mod shop;
mod store_down;
