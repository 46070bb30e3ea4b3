//! Puts pieces of a SKU into a cart (contract C1).

use common::contracts::ids::{SkuId, UserId};

use super::skus::{query_skus, stock};
use crate::error::CartError;
use crate::kv_keys::change_cart;
use crate::state::AppState;

/// Adds to the line that is there, if one is; answers how many kinds the cart holds.
pub async fn add_to_cart(state: &AppState, user: UserId, sku: SkuId, count: i64) -> Result<usize, CartError> {
    let skus = query_skus(state, &[sku]).await?;
    let stock = stock(&skus, sku)?;
    change_cart(&state.kv, user, |cart| {
        cart.add(sku, count, stock)?;
        Ok(cart.kinds())
    })
    .await?
    .map_err(|refusal| CartError::of(refusal, sku))
}
