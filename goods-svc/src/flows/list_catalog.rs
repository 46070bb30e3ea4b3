//! One page of a category's launched SKUs, from the cache.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::cache;
use crate::domain::catalogue::{CardPage, PageRequest};
use crate::error::GoodsError;
use crate::state::AppState;
use crate::store::catalogs;

/// Writes the answer from the page, what was asked for, and the address of pictures.
pub(crate) type Render = fn(CardPage, PageRequest, &str) -> Result<Bytes, serde_json::Error>;

/// What is known of a category's list as a whole.
#[derive(Serialize, Deserialize)]
struct Head {
    /// Rows of all pages.
    total: i64,
    /// Names the pages that go with this head: drawn anew with each, and part of their keys.
    generation: String,
}

/// The answer that `render` writes of the page, if there are such a category and such a page of it.
pub(crate) async fn list_catalog(
    state: &AppState,
    catalog_id: i64,
    request: PageRequest,
    render: Render,
) -> Result<Bytes, GoodsError> {
    let Head { total, generation } = head(state, catalog_id).await?;
    let offset = request.offset_in(total).ok_or(GoodsError::PageOutOfRange)?;
    let key = cache::list_page(catalog_id, &generation, request);
    let build = || {
        let state = state.clone();
        async move {
            let cards = catalogs::launched_cards(state.db.reader(), catalog_id, offset, request.size).await?;
            let answer = render(CardPage { total, cards }, request, &state.media_url)?;
            Ok::<_, GoodsError>(Some(answer))
        }
    };
    Ok(state.cache.read(&key, build).await?.unwrap_or_default())
}

async fn head(state: &AppState, catalog_id: i64) -> Result<Head, GoodsError> {
    if catalog_id <= 0 {
        return Err(GoodsError::CatalogNotFound);
    }
    let build = || {
        let state = state.clone();
        async move {
            let Some(total) = catalogs::count_launched(state.db.reader(), catalog_id).await? else {
                return Ok(None);
            };
            let generation = common::ids::fresh().simple().to_string();
            let head = serde_json::to_vec(&Head { total, generation })?;
            Ok::<_, GoodsError>(Some(Bytes::from(head)))
        }
    };
    let head = state.cache.read(&cache::list(catalog_id), build).await?;
    Ok(serde_json::from_slice(&head.ok_or(GoodsError::CatalogNotFound)?)?)
}
