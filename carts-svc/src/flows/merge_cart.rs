//! Merges the cart that a browser kept while nobody was logged in (contract U2).

use std::collections::BTreeMap;

use common::contracts::ids::{SkuId, UserId};
use common::contracts::internal_apis::carts::CartLine;

use super::skus::query_skus;
use crate::domain::cart::{MAX_KINDS, MAX_PIECES};
use crate::error::CartError;
use crate::kv_keys::{change_cart, read_cart};
use crate::state::AppState;

/// Merges what makes sense and leaves out the rest; answers how many kinds the cart holds.
pub async fn merge_cart(state: &AppState, user: UserId, lines: &[CartLine]) -> Result<usize, CartError> {
    let offline = sensible(lines);
    if offline.is_empty() {
        return Ok(read_cart(&state.kv, user).await?.kinds());
    }
    let ids: Vec<SkuId> = offline.keys().copied().collect();
    let skus = query_skus(state, &ids).await?;
    let stock: BTreeMap<SkuId, i64> = skus
        .values()
        .filter(|sku| sku.is_launched)
        .map(|sku| (sku.id, sku.stock))
        .collect();
    change_cart(&state.kv, user, |cart| {
        cart.merge(&offline, &stock);
        cart.kinds()
    })
    .await
}

/// Positive counts of positive ids, of a repeated SKU the largest; no more kinds than a cart can hold.
fn sensible(lines: &[CartLine]) -> BTreeMap<SkuId, i64> {
    let mut offline = BTreeMap::new();
    for line in lines {
        let is_new = !offline.contains_key(&line.sku_id);
        if line.sku_id.0 < 1 || line.count < 1 || (is_new && offline.len() >= MAX_KINDS) {
            continue;
        }
        let count = offline.entry(line.sku_id).or_insert(line.count);
        *count = line.count.min(MAX_PIECES).max(*count);
    }
    offline
}
