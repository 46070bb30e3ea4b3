//! One model per table.

pub mod address;
pub mod user_profile;
