//! What every service of the shop shares: plumbing that knows no shop word, and the contracts between services.
//!
//! `app` starts a server, `backends` opens the three stores from their URLs, `contracts` holds what services may
//! know of each other; everything else is one tool a file.

pub mod api_document;
pub mod app;
pub mod backends;
pub mod batcher;
pub mod bus;
pub mod cache;
pub mod clock;
pub mod contracts;
pub mod crashpoint;
pub mod db;
pub mod deadline;
pub mod error_codes;
pub mod error_reply;
pub mod http_client;
pub mod identity;
pub mod ids;
pub mod inbox;
pub mod json;
pub mod kv;
pub mod money;
pub mod outbox;
pub mod process;
pub mod reply;
pub mod retry_budget;
pub mod service_codes;
pub mod settings;
pub mod task;
pub mod telemetry;
pub mod token;
pub mod token_epochs;
pub mod trace;
pub mod yaml;
