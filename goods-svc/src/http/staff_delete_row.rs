//! DELETE /v1/staff/goods/{table}/{pk}?version=… — removes a row that nothing needs.

use actix_web::{HttpRequest, Responder, web};
use common::error_reply::Failure;
use common::identity::Staff;
use common::reply;
use serde::Deserialize;

use super::staff_rows::{row, version};
use crate::flows::delete_row::delete_row;
use crate::state::AppState;

/// The version may stand in `If-Match` instead.
#[derive(Deserialize)]
pub(crate) struct SeenRow {
    version: Option<String>,
}

pub(crate) async fn handle(
    staff: Staff,
    state: web::Data<AppState>,
    path: web::Path<(String, String)>,
    seen: web::Query<SeenRow>,
    request: HttpRequest,
) -> Result<impl Responder, Failure> {
    let row = row(path.into_inner())?;
    let version = version(seen.into_inner().version, &request)?;
    delete_row(&state, &staff.0, row, &version).await?;
    Ok(reply::bare(200))
}
