//! Tests of the sandbox from outside: over HTTP and SMTP, with a merchant of their own.
#![allow(clippy::unwrap_used, reason = "a helper that fails must fail its test")]

mod alipay_failures;
mod bills;
mod cashier;
mod merchant;
mod notify_ladder;
mod page_pay;
mod refunds;
mod setup;
mod sms;
mod smtp;
mod switches;
mod weibo;
