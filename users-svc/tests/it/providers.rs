//! Those whom users-svc calls, played by the test: carts-svc, the SMS provider, a mail server.

mod carts;
mod sms;
mod smtp;

pub use carts::{Carts, Mood};
pub use sms::SmsProvider;
pub use smtp::SmtpServer;
