//! One page of a category's launched SKUs.

use crate::domain::catalogue::{CardPage, PageRequest};
use crate::error::GoodsError;
use crate::state::AppState;
use crate::store::catalogs;

/// The page, if there are such a category and such a page of it.
pub(crate) async fn list_catalog(
    state: &AppState,
    catalog_id: i64,
    request: PageRequest,
) -> Result<CardPage, GoodsError> {
    let db = state.db.reader();
    let total = catalogs::count_launched(db, catalog_id)
        .await?
        .ok_or(GoodsError::CatalogNotFound)?;
    let offset = request.offset_in(total).ok_or(GoodsError::PageOutOfRange)?;
    let cards = catalogs::launched_cards(db, catalog_id, offset, request.size).await?;
    Ok(CardPage { total, cards })
}
