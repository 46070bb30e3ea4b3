//! gateway: the one door of the shop. Owns no data and no error codes of its own.
//!
//! `edge` walks each request through: `cors`, `admission` and `path` (what is refused at once), `routes` (THE table),
//! `auth`, `forward` (the proxy) with `upstreams`, `headers`, `upload` and `download`; `access_log` writes the line.

pub mod cli;
pub mod routes;
pub mod settings;

mod access_log;
mod admin;
mod admission;
mod auth;
mod cors;
mod download;
mod edge;
mod error;
mod forward;
mod headers;
mod path;
mod startup;
mod upload;
mod upstreams;

pub use startup::Application;
pub use upstreams::Service;
