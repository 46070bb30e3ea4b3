//! GET /v1/staff/goods/{table}/{pk} — one row, with the version that a change of it must name.

use actix_web::http::header;
use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::identity::Staff;
use common::reply;

use super::staff_rows::{RowView, row};
use crate::flows::list_rows::get_row;
use crate::state::AppState;

pub(crate) async fn handle(
    _staff: Staff,
    state: web::Data<AppState>,
    path: web::Path<(String, String)>,
) -> Result<impl Responder, Failure> {
    let (model, pk) = row(path.into_inner())?;
    let row = get_row(&state, model, pk).await?;
    let tag = format!("\"{}\"", row.version);
    let reply = reply::ok(RowView::from(row)).with("base_url", state.media_url.as_str());
    Ok(reply.customize().insert_header((header::ETAG, tag)))
}
