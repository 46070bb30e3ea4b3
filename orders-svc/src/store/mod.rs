//! What the database remembers: queries as functions; none of them opens or commits a transaction.

mod entity;

pub mod changes;
pub mod claims;
pub mod history;
pub mod isolation;
pub mod lines;
pub mod orders;
pub mod refunds;
pub mod requests;
pub mod search;
