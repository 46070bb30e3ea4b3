//! Tests of orders-svc over HTTP: the service is real, users, goods, carts and pays are played by one small server.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod advance;
mod browser;
mod cancel_order;
mod codes;
mod confirm_receipt;
mod crashes;
mod crowd;
mod dead_lines;
mod healing;
mod hide_order;
mod idempotency;
mod list_orders;
mod neighbours;
mod operations;
mod pay_order;
mod payments;
mod place_order;
mod records;
mod refunds;
mod shuffle;
mod staff;
mod stand;
mod unpaid_cap;
