//! The tests of goods-svc: through HTTP, each with a database, a port and queues of its own.
#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests are tests too

mod audit;
mod audit_stock;
mod caches;
mod callers;
mod codes;
mod crash;
mod dump_fixture;
mod events;
mod fixture;
mod get_detail;
mod get_index;
mod internal_calls;
mod large_catalogue;
mod list_catalog;
mod load_fixture;
mod media;
mod migrate;
mod real_dump;
mod release_stock;
mod reserve_stock;
mod search_goods;
mod servers;
mod shop;
mod staff;
mod staff_desk;
mod staff_rules;
mod staff_stock;
mod staff_uploads;
mod stock_strategies;
mod sweep_expired;
mod switch_sku;
