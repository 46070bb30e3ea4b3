//! What the database remembers. Only this folder knows its tables; nothing here opens or commits a transaction.

pub mod addresses;
pub mod users;

mod entity;
