//! Stand-in for the third parties of the shop, speaking their protocols with real signatures, so that every
//! flow works offline.
//!
//! `alipay/` is Alipay's side of page payments, `sms.rs` Ronglian, `weibo.rs` Weibo, `smtp/` and `mail.rs` a mail server.
//! `switches.rs` is the table of what can be made to fail, `api.rs` and `pages.rs` show what arrived.

mod alipay;
mod api;
mod clock;
mod files;
mod inbox;
mod keys;
mod mail;
mod money;
mod pages;
mod server;
mod settings;
mod sms;
mod smtp;
mod state;
mod switches;
mod weibo;

pub use keys::{KeyPaths, ensure_keys};
pub use server::Sandbox;
pub use settings::SandboxSettings;
