//! What the gateway must do, seen from outside: over real sockets, with stand-ins for the services.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod access;
mod clients;
mod cors;
mod crowds;
mod documents;
mod failing;
mod headers;
mod kit;
mod limits;
mod operations;
mod rates;
mod replicas;
mod routing;
mod smuggling;
mod stand_in;
mod streaming;
