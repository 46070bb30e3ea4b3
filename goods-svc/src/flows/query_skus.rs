//! SKUs as they are now, for carts and for the page before an order.

use common::contracts::ids::SkuId;

use crate::domain::catalogue::SkuSnapshot;
use crate::error::GoodsError;
use crate::state::AppState;
use crate::store::skus;

/// Most ids of one question.
const MAX_IDS: usize = 200;

/// The SKUs among `ids` that exist, in the order asked, each once.
pub(crate) async fn query_skus(state: &AppState, ids: &[SkuId]) -> Result<Vec<SkuSnapshot>, GoodsError> {
    if ids.len() > MAX_IDS {
        return Err(GoodsError::TooManyIds);
    }
    let mut found = skus::snapshots(state.db.reader(), ids).await?;
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}
