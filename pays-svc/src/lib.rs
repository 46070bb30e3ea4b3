//! pays-svc: the shop's side of payments; the only service that knows a provider. Owns `pays_*`; codes 105xx.
//!
//! `routes` lists the URLs, `http` translates, `flows` decide (`record_payment` is the only place that says "paid"),
//! `store` remembers, `domain` knows the rules, `outside` speaks to Alipay, `events` and `jobs` call flows when no
//! request does.

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
mod outside;
mod routes;
mod startup;
mod state;
mod store;

pub use startup::Application;
