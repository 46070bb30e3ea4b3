//! Lets go of lines whose order was made.

use common::contracts::ids::{OrderId, UserId};

use crate::error::CartError;
use crate::kv_keys::{change_cart, read_cart};
use crate::state::AppState;

/// Notes that what the order took is bought. Most orders past the cart took nothing: then nothing is written.
pub async fn forget_lines(state: &AppState, user: UserId, order: &OrderId) -> Result<(), CartError> {
    if read_cart(&state.kv, user).await?.taken(order).is_none() {
        return Ok(());
    }
    change_cart(&state.kv, user, |cart| cart.forget(order)).await
}
