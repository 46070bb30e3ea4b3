//! The cart as its owner sees it: each line with what goods-svc says of the SKU (contract C2).

use common::contracts::ids::{SkuId, UserId};
use common::contracts::internal_apis::goods::Sku;

use super::skus::{Skus, can_be_bought, query_skus};
use crate::domain::cart::{Cart, Line, Tick};
use crate::error::CartError;
use crate::kv_keys::{change_cart, read_cart};
use crate::state::AppState;

/// One line with its SKU.
pub struct ListedLine {
    /// Which SKU.
    pub sku_id: SkuId,
    /// How many, and whether ticked.
    pub line: Line,
    /// The SKU; `None` when it exists no more.
    pub sku: Option<Sku>,
}

/// Reads the cart. Lines that cannot be bought any more lose their tick for good, so that they do not stand in the way
/// of a checkout that shows them unticked.
pub async fn list_cart(state: &AppState, user: UserId) -> Result<Vec<ListedLine>, CartError> {
    let mut cart = read_cart(&state.kv, user).await?;
    let ids: Vec<SkuId> = cart.lines().map(|(sku, _)| sku).collect();
    let skus = query_skus(state, &ids).await?;
    let is_dead = |sku: SkuId, line: Line| line.tick == Tick::Selected && !can_be_bought(&skus, sku);
    if cart.lines().any(|(sku, line)| is_dead(sku, line)) {
        cart = change_cart(&state.kv, user, |cart| {
            let is_known = |sku| can_be_bought(&skus, sku) || !ids.contains(&sku);
            cart.untick_unless(is_known);
            cart.clone()
        })
        .await?;
    }
    listed(state, cart, skus).await
}

/// Joins lines and SKUs; SKUs that came into the cart after the first question are asked for.
pub async fn listed(state: &AppState, cart: Cart, mut skus: Skus) -> Result<Vec<ListedLine>, CartError> {
    let missing: Vec<SkuId> = cart
        .lines()
        .map(|(sku, _)| sku)
        .filter(|sku| !skus.contains_key(sku))
        .collect();
    let asked = query_skus(state, &missing).await?;
    skus.extend(asked);
    let line = |(sku_id, line)| ListedLine {
        sku_id,
        line,
        sku: skus.remove(&sku_id),
    };
    Ok(cart.lines().map(line).collect())
}
