//! The third parties of this service. Nothing here is ever awaited by a request.

pub mod mail;
pub mod ronglian;
