//! What services may know of each other: the events they publish and the internal calls they answer.
//!
//! Data only, no logic. These types are published contracts: fields may be added as optional, never renamed.

pub mod events;
pub mod ids;
pub mod internal_apis;
