//! What this service does: one file per operation.

pub mod add_to_cart;
pub mod change_cart;
pub mod forget_lines;
pub mod get_cart;
pub mod list_cart;
pub mod merge_cart;
pub mod remove_from_cart;
pub mod restore_lines;
pub mod take_lines;

mod skus;
