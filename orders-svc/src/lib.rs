//! orders-svc: from the confirmation page to "received". Owns `orders_*`; codes 104xx.
//!
//! `routes` lists the URLs, `http` translates, `flows` decide (one file per operation, one transaction each),
//! `store` remembers, `domain` knows the rules, `events` and `jobs` call flows when no request does.

pub mod cli;
pub mod error_codes;
pub mod settings;

mod domain;
mod error;
mod events;
mod flows;
mod http;
mod jobs;
mod migrations;
mod routes;
mod startup;
mod state;
mod store;

pub use startup::Application;
