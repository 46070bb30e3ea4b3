//! POST /v1/staff/goods/{table} {"fields":{…}} — a new row.

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::identity::Staff;
use common::json::Body;
use common::reply;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::staff_rows::{RowView, model};
use crate::flows::create_row::create_row;
use crate::state::AppState;

/// The fields are named and written as in fixtures.
#[derive(Deserialize)]
pub(crate) struct NewRow {
    fields: Map<String, Value>,
}

pub(crate) async fn handle(
    staff: Staff,
    state: web::Data<AppState>,
    table: web::Path<String>,
    body: Body<NewRow>,
) -> Result<impl Responder, Failure> {
    let made = create_row(&state, &staff.0, model(&table)?, body.0.fields).await?;
    Ok(reply::ok(RowView::from(made)))
}
