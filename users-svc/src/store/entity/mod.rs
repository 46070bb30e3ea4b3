//! One model per table.

pub mod address;
pub mod audit;
pub mod user_profile;
pub mod weibo_profile;
