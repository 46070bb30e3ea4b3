//! What the database remembers: queries as functions; none of them opens or commits a transaction.

mod entity;

pub mod changes;
pub mod claims;
pub mod lines;
pub mod orders;
pub mod requests;
