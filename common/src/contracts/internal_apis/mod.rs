//! Every internal call of the shop, by the service that answers: path, types, and a thin client.
//!
//! Internal paths begin with `/internal/`, are never routed by the gateway and demand a service token.

pub mod carts;
pub mod goods;
pub mod pays;
pub mod users;
