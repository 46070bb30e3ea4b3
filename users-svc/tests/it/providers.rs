//! Those whom users-svc calls, played by the test: carts-svc, the SMS provider, a mail server, Weibo.

mod carts;
mod sms;
mod smtp;
mod weibo;

pub use carts::{Carts, Mood};
pub use sms::SmsProvider;
pub use smtp::SmtpServer;
pub use weibo::{CLIENT_ID as WEIBO_ID, CLIENT_SECRET as WEIBO_SECRET, Weibo};
