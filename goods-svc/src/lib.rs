//! goods-svc: the catalogue and its stock. Owns `goods_*`; codes 102xx.
//!
//! `routes` lists the URLs, `http` translates, `flows` decide (one file per operation, one transaction each),
//! `store` remembers, `domain` knows the rules, `events` and `jobs` call flows when no request does; `media` finds pictures,
//! `search` is the index that people search in,
//! `demo` is what the shop sells when it opens for the first time.

pub mod cli;
pub mod demo;
pub mod error_codes;
pub mod settings;

mod cache;
mod domain;
mod error;
mod events;
mod flows;
mod http;
mod jobs;
mod media;
mod migrations;
mod pictures;
mod routes;
mod search;
mod startup;
mod state;
mod store;

pub use startup::Application;
