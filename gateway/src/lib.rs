//! gateway: the one door of the shop. Owns no data and no error codes of its own.
//!
//! `server` accepts connections (`seats`) for a few threads; `serve` serves one, `stream` and `framing` read along,
//! `connection` knows how far it is. `edge` walks each request through: `cors`, `admission`, `path` and `hosts` (what is
//! refused at once), `routes` (THE table), `rate_limit`, `auth`, `in_flight`, `forward` (the proxy) with `upstreams`,
//! `pool`, `headers`, `upload` and `download`; `access_log` writes the line. `documents`
//! answers what is the gateway's own: the API document and its page.

pub mod cli;
pub mod documents;
pub mod routes;
pub mod settings;

mod access_log;
mod admin;
mod admission;
mod auth;
mod client_address;
mod connection;
mod cors;
mod download;
mod edge;
mod error;
mod figures;
mod forward;
mod framing;
mod headers;
mod hosts;
mod in_flight;
mod kv_keys;
mod path;
mod pool;
mod rate_limit;
mod seats;
mod serve;
mod server;
mod startup;
mod stream;
mod upload;
mod upstreams;

pub use startup::{Application, Needs};
pub use upstreams::Service;
