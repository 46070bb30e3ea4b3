//! What every service of the shop shares: plumbing that knows no shop word, and the contracts between services.
//!
//! `app` starts a server, `backends` opens the three stores from their URLs, `contracts` holds what services may
//! know of each other; everything else is one tool a file.

//app
//backends
//bus
pub mod clock;
//contracts
pub mod crashpoint;
pub mod db;
//error_codes
//error_reply
//http_client
//identity
pub mod ids;
//inbox
//json
//kv
pub mod money;
//outbox
//reply
//settings
pub mod task;
//telemetry
//token
//trace
