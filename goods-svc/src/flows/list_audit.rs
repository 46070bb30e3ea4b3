//! What staff did to the catalogue.

use crate::error::GoodsError;
use crate::state::AppState;
use crate::store::audit::{self, TrailQuery};
use crate::store::entity::audit::Model as Deed;

/// Lines of the trail, newest first.
pub(crate) async fn list_audit(state: &AppState, query: TrailQuery) -> Result<Vec<Deed>, GoodsError> {
    Ok(audit::trail(state.db.reader(), query).await?)
}
