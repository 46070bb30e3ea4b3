//! What a checkout needs to know of a cart.

use common::contracts::ids::UserId;
use common::contracts::internal_apis::carts::CartSummary;

use crate::error::CartError;
use crate::kv_keys::read_cart;
use crate::state::AppState;

/// The ticked lines and the number of kinds. Whether they can be bought is asked where they are reserved.
pub async fn get_cart(state: &AppState, user: UserId) -> Result<CartSummary, CartError> {
    let cart = read_cart(&state.kv, user).await?;
    Ok(CartSummary {
        carts_count: cart.kinds(),
        selected: cart.selected(),
    })
}
