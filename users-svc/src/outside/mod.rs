//! The third parties of this service. Only Weibo is awaited by a request: its code is the login.

pub mod letters;
pub mod mail;
pub mod ronglian;
pub mod sms;
pub mod sms_webhook;
pub mod weibo;
