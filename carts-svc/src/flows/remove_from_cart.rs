//! Removes a line from a cart (contract C4).

use common::contracts::ids::{SkuId, UserId};

use crate::error::CartError;
use crate::kv_keys::change_cart;
use crate::state::AppState;

/// Removes the line of a SKU; answers how many kinds are left.
pub async fn remove_from_cart(state: &AppState, user: UserId, sku: SkuId) -> Result<usize, CartError> {
    change_cart(&state.kv, user, |cart| {
        cart.remove(sku)?;
        Ok(cart.kinds())
    })
    .await?
    .map_err(|_not_in_cart: crate::domain::cart::Refusal| CartError::NotInCartToRemove(sku))
}
