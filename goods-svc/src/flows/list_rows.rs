//! Rows of the catalogue as staff see them: launched or not, with what buyers are not told.

use crate::domain::catalogue::PageRequest;
use crate::domain::fixture::Model;
use crate::error::GoodsError;
use crate::flows::staff::Versioned;
use crate::state::AppState;
use crate::store::fixture::edit;
use crate::store::fixture::read::{self, Which};

/// Which rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowQuery {
    /// Of which model.
    pub(crate) model: Model,
    /// Only those that name this parent.
    pub(crate) parent: Option<(Model, i64)>,
    /// Which page of them.
    pub(crate) page: PageRequest,
}

/// One page of rows, ascending by key, and how many there are on all pages.
pub(crate) async fn list_rows(
    state: &AppState,
    query: RowQuery,
) -> Result<(i64, Vec<Versioned>), GoodsError> {
    let db = state.db.reader();
    let parent = match query.parent {
        None => None,
        Some((parent, pk)) => {
            let column = query.model.column_of(parent);
            Some((column.ok_or(GoodsError::NotAParent(parent.path()))?, pk))
        }
    };
    let total = edit::count(db, query.model, parent).await?;
    let offset = query.page.offset_in(total).ok_or(GoodsError::PageOutOfRange)?;
    let which = Which::Page {
        parent,
        offset: offset.unsigned_abs(),
        limit: query.page.size.unsigned_abs(),
    };
    let rows = read::rows(db, query.model, which).await?;
    let rows: Result<_, _> = rows.into_iter().map(Versioned::try_from).collect();
    Ok((total, rows?))
}

/// The row with this key.
pub(crate) async fn get_row(state: &AppState, model: Model, pk: i64) -> Result<Versioned, GoodsError> {
    let row = read::find(state.db.reader(), model, pk).await?;
    Ok(row.ok_or(GoodsError::RowNotFound)?.try_into()?)
}
