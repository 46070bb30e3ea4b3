//! The rules of carts: pure values, no store, no clock.

pub mod cart;
pub mod fields;
pub mod taken;

#[cfg(test)]
mod properties;
