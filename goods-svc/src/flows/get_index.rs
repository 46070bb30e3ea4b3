//! The home page: every category with its first SKUs, from the cache.

use bytes::Bytes;

use crate::cache;
use crate::domain::catalogue::Shelf;
use crate::error::GoodsError;
use crate::state::AppState;
use crate::store::catalogs;

/// The page needs exactly so many of every category, or stays empty (contract trap 6.9).
const SHELF_LENGTH: i64 = 3;

/// Writes the answer from the shelves and the address of pictures.
pub(crate) type Render = fn(Vec<Shelf>, &str) -> Result<Bytes, serde_json::Error>;

/// The answer that `render` writes of the shelves.
pub(crate) async fn get_index(state: &AppState, render: Render) -> Result<Bytes, GoodsError> {
    let build = || {
        let state = state.clone();
        async move {
            let shelves = catalogs::shelves(state.db.reader(), SHELF_LENGTH).await?;
            Ok::<_, GoodsError>(Some(render(shelves, &state.media_url)?))
        }
    };
    let answer = state.cache.read(&cache::index(), build).await?;
    Ok(answer.unwrap_or_default())
}
