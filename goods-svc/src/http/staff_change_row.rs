//! PUT /v1/staff/goods/{table}/{pk} {"version":"…","fields":{…}} — other values for some fields of a row.

use actix_web::{HttpRequest, Responder, web};
use common::error_reply::Failure;
use common::identity::Staff;
use common::json::Body;
use common::reply;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::staff_rows::{RowView, row, version};
use crate::flows::change_row::{ChangeRequest, change_row};
use crate::state::AppState;

/// The version may stand in `If-Match` instead.
#[derive(Deserialize)]
pub(crate) struct ChangedRow {
    version: Option<String>,
    fields: Map<String, Value>,
}

pub(crate) async fn handle(
    staff: Staff,
    state: web::Data<AppState>,
    path: web::Path<(String, String)>,
    body: Body<ChangedRow>,
    request: HttpRequest,
) -> Result<impl Responder, Failure> {
    let (model, pk) = row(path.into_inner())?;
    let ChangedRow {
        version: seen,
        fields,
    } = body.0;
    let change = ChangeRequest {
        pk,
        version: version(seen, &request)?,
        fields,
    };
    let changed = change_row(&state, &staff.0, model, &change).await?;
    Ok(reply::ok(RowView::from(changed)))
}
