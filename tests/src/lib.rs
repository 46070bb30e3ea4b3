//! The test kit: starts a whole shop in either mode, or visits a deployed one, buys in it like a browser, breaks it, and audits its books.
//!
//! `shop` starts and stops processes, `buyer` and `sandbox` drive them over HTTP, `audit` reads the databases;
//! `fault_proxy`, `private_broker`, `resets` and `crash_points` are the ways to break things. A journey that cannot
//! be set up has nothing to test, so everything here panics with a reason instead of returning errors.
#![allow(clippy::unwrap_used, clippy::expect_used)]

pub mod api;
pub mod audit;
pub mod buyer;
pub mod catalogue;
pub mod crash_points;
pub mod deployment;
pub mod document;
pub mod fault_proxy;
pub mod poll;
pub mod ports;
pub mod private_broker;
pub mod process;
pub mod resets;
pub mod sandbox;
pub mod schema;
pub mod servers;
pub mod shop;
pub mod staff;
pub mod stores;
pub mod workspace;
