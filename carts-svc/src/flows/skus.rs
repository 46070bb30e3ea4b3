//! What goods-svc says of SKUs, asked for as few times as possible.

use std::collections::BTreeMap;

use common::contracts::ids::SkuId;
use common::contracts::internal_apis::goods::Sku;

use crate::error::CartError;
use crate::state::AppState;

/// SKUs by id.
pub type Skus = BTreeMap<SkuId, Sku>;

/// SKUs of one question (contract of goods-svc).
const BATCH: usize = 200;

/// The SKUs among `ids` that exist; asks nobody when there are none.
pub async fn query_skus(state: &AppState, ids: &[SkuId]) -> Result<Skus, CartError> {
    let mut skus = Skus::new();
    for batch in ids.chunks(BATCH) {
        let found = state
            .goods
            .query_skus(batch.to_vec())
            .await
            .map_err(CartError::Goods)?;
        skus.extend(found.into_iter().map(|sku| (sku.id, sku)));
    }
    Ok(skus)
}

/// How many pieces of a SKU there are to sell.
///
/// # Errors
/// When it does not exist or is not for sale.
pub fn stock(skus: &Skus, id: SkuId) -> Result<i64, CartError> {
    match skus.get(&id) {
        None => Err(CartError::UnknownSku(id)),
        Some(sku) if !sku.is_launched => Err(CartError::NotLaunched(id)),
        Some(sku) => Ok(sku.stock),
    }
}
