//! GET /v1/staff/goods/{table}?page=N&pagesize=M&{parent}={pk} — rows of a table, those of one parent if it is named.

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::identity::Staff;
use common::json::parse_int;
use common::reply;
use serde_json::json;

use super::staff_rows::{RowView, model};
use crate::domain::catalogue::PageRequest;
use crate::domain::fixture::Model;
use crate::error::GoodsError;
use crate::flows::list_rows::{RowQuery, list_rows};
use crate::state::AppState;

pub(crate) async fn handle(
    _staff: Staff,
    state: web::Data<AppState>,
    table: web::Path<String>,
    query: web::Query<Vec<(String, String)>>,
) -> Result<impl Responder, Failure> {
    let query = row_query(model(&table)?, query.into_inner())?;
    let (total, rows) = list_rows(&state, query).await?;
    let PageRequest { page, size } = query.page;
    let views: Vec<RowView> = rows.into_iter().map(RowView::from).collect();
    let paginator = json!({ "page": page, "pagesize": size, "total": total });
    Ok(reply::ok(views)
        .with("paginator", paginator)
        .with("base_url", state.media_url.as_str()))
}

/// `page`, `pagesize`, and one parent by the name of its table: `?spus=6`.
fn row_query(model: Model, query: Vec<(String, String)>) -> Result<RowQuery, GoodsError> {
    let mut page = PageRequest {
        page: 1,
        size: PageRequest::DEFAULT_SIZE,
    };
    let mut parent = None;
    for (name, value) in query {
        let number = parse_int(&value).ok_or(GoodsError::NotANumber("value"))?;
        match name.as_str() {
            "page" => page.page = number,
            "pagesize" => page.size = number.clamp(1, PageRequest::MAX_SIZE),
            table => {
                let table = Model::in_path(table).ok_or(GoodsError::NotAParent("this table"))?;
                parent = Some((table, number));
            }
        }
    }
    Ok(RowQuery { model, parent, page })
}
