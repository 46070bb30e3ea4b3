//! users-svc: accounts, their proofs (SMS code, activation mail, password) and addresses. Owns `users_*`; codes 101xx.
//!
//! `routes` lists the URLs, `http` translates, `flows` decide (one file per operation, one transaction each),
//! `store` and `kv_keys` remember, `domain` knows the rules, `events` call flows when no request does, `outside`
//! speaks to Weibo and to the providers of SMS and mail.

pub mod cli;
pub mod demo;
pub mod error_codes;
pub mod settings;

mod domain;
mod error;
mod events;
mod flows;
mod http;
mod jobs;
mod kv_keys;
mod migrations;
mod outside;
mod passwords;
mod routes;
mod startup;
mod state;
mod store;

pub use startup::Application;
