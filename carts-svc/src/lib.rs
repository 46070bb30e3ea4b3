//! carts-svc: what users mean to buy. Owns the keys `carts_<user id>`, no database; codes 103xx.
//!
//! `routes` lists the URLs, `http` translates, `flows` decide (one file per operation), `kv_keys` remembers,
//! `domain` knows the rules, `events` call flows when no request does.

pub mod cli;
pub mod error_codes;
pub mod settings;

mod domain;
mod error;
mod events;
mod flows;
mod http;
mod kv_keys;
mod routes;
mod startup;
mod state;

pub use startup::Application;
