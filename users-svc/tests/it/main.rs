//! The tests of users-svc: through HTTP, each with databases, ports and providers of its own.
#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests are tests too

mod activate;
mod address_races;
mod addresses;
mod codes;
mod crashes;
mod internal;
mod log_in;
mod password;
mod password_reset;
mod providers;
mod register;
mod servers;
mod sessions;
mod shop;
mod sms_codes;
mod staff;
mod weibo;
mod workers;
