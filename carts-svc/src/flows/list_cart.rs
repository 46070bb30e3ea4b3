//! The cart as its owner sees it: each line with what goods-svc says of the SKU (contract C2).

use common::contracts::ids::{SkuId, UserId};
use common::contracts::internal_apis::goods::Sku;

use super::skus::{Skus, query_skus};
use crate::domain::cart::{Cart, Line};
use crate::error::CartError;
use crate::kv_keys::read_cart;
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

/// Reads the cart, and changes nothing: a line that cannot be bought now keeps its tick for the day when it can be
/// again. Until then it is shown unticked, and settling the cart leaves it out.
pub async fn list_cart(state: &AppState, user: UserId) -> Result<Vec<ListedLine>, CartError> {
    let cart = read_cart(&state.kv, user).await?;
    listed(state, cart, Skus::new()).await
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
