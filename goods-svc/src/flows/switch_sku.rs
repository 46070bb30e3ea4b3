//! From a buyer's choice of values to the SKU that has them, from the cache.

use bytes::Bytes;
use common::contracts::ids::SkuId;

use crate::cache;
use crate::domain::selection::{Offer, Selection};
use crate::error::GoodsError;
use crate::state::AppState;
use crate::store::details;

/// The launched SKU whose values are exactly the chosen ones.
pub(crate) async fn switch_sku(state: &AppState, selection: &Selection) -> Result<SkuId, GoodsError> {
    let spu_id = selection.spu_id;
    if spu_id <= 0 {
        return Err(GoodsError::NoSuchCombination);
    }
    let build = || {
        let state = state.clone();
        async move {
            let offers = details::offers(state.db.reader(), spu_id).await?;
            let known = (!offers.is_empty()).then(|| serde_json::to_vec(&offers));
            Ok::<_, GoodsError>(known.transpose()?.map(Bytes::from))
        }
    };
    let offers = state.cache.read(&cache::selection(spu_id), build).await?;
    let offers: Vec<Offer> = match offers {
        Some(offers) => serde_json::from_slice(&offers)?,
        None => Vec::new(),
    };
    selection.pick(&offers).ok_or(GoodsError::NoSuchCombination)
}
