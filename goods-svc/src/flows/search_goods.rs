//! Launched SKUs by what people type: found in the index, shown as the database has them.

use crate::domain::catalogue::{CardPage, PageRequest};
use crate::domain::search::{Filter, SearchRequest, Sort};
use crate::error::GoodsError;
use crate::state::AppState;
use crate::store::catalogs;

/// A page of the hits. A SKU that has gone since it was indexed is left out.
pub(crate) async fn search_goods(
    state: &AppState,
    text: String,
    filter: Filter,
    sort: Sort,
    page: PageRequest,
) -> Result<CardPage, GoodsError> {
    if text.trim().is_empty() {
        return Err(GoodsError::EmptyKeyword);
    }
    let first = page
        .page
        .checked_sub(1)
        .and_then(|before| before.checked_mul(page.size));
    let offset = first.ok_or(GoodsError::PageOutOfRange)?;
    let request = SearchRequest {
        text,
        filter,
        sort,
        offset: usize::try_from(offset).unwrap_or(usize::MAX),
        size: usize::try_from(page.size).unwrap_or_default(),
    };
    let found = state.search.find(request).await?;
    let total = i64::try_from(found.total).unwrap_or(i64::MAX);
    page.offset_in(total).ok_or(GoodsError::PageOutOfRange)?;
    let cards = catalogs::cards(state.db.reader(), &found.sku_ids).await?;
    Ok(CardPage { total, cards })
}
