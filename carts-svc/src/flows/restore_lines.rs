//! Puts lines back into a cart whose order came to nothing.

use common::contracts::ids::{OrderId, UserId};

use crate::error::CartError;
use crate::kv_keys::change_cart;
use crate::state::AppState;

/// Puts back what the order took, once; from then on the order can take nothing.
pub async fn restore_lines(state: &AppState, user: UserId, order: &OrderId) -> Result<(), CartError> {
    change_cart(&state.kv, user, |cart| cart.restore(order)).await
}
