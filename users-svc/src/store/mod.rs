//! What the database remembers. Only this folder knows its tables; nothing here opens or commits a transaction.

pub mod addresses;
pub mod audit;
pub mod tokens;
pub mod user_list;
pub mod users;
pub mod weibo;

mod entity;
