//! A SKU on its own page, from the cache.

use bytes::Bytes;
use common::contracts::ids::SkuId;

use crate::cache;
use crate::domain::catalogue::Detail;
use crate::error::GoodsError;
use crate::state::AppState;
use crate::store::details;

/// Writes the answer from the detail and the address of pictures.
pub(crate) type Render = fn(Detail, &str) -> Result<Bytes, serde_json::Error>;

/// The answer that `render` writes of the SKU, if it is for sale.
pub(crate) async fn get_detail(state: &AppState, sku_id: SkuId, render: Render) -> Result<Bytes, GoodsError> {
    if sku_id.0 <= 0 {
        return Err(GoodsError::SkuNotFound);
    }
    let build = || {
        let state = state.clone();
        async move {
            let detail = details::find_detail(state.db.reader(), sku_id).await?;
            let answer = detail.map(|detail| render(detail, &state.media_url));
            Ok::<_, GoodsError>(answer.transpose()?)
        }
    };
    let answer = state.cache.read(&cache::detail(sku_id), build).await?;
    answer.ok_or(GoodsError::SkuNotFound)
}
