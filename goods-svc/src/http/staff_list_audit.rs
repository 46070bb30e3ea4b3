//! GET /v1/staff/goods/audit?table=…&pk=…&before=ID&pagesize=M — what staff did to the catalogue, newest first.

use actix_web::{Responder, web};
use chrono::{DateTime, Utc};
use common::clock::shop_text;
use common::error_reply::Failure;
use common::identity::Staff;
use common::json::parse_int;
use common::reply;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::staff_rows;
use crate::domain::catalogue::PageRequest;
use crate::error::GoodsError;
use crate::flows::list_audit::list_audit;
use crate::state::AppState;
use crate::store::audit::TrailQuery;
use crate::store::entity::audit::Model as Deed;

#[derive(Deserialize)]
pub(crate) struct AuditQuery {
    table: Option<String>,
    pk: Option<String>,
    before: Option<String>,
    pagesize: Option<String>,
}

pub(crate) async fn handle(
    _staff: Staff,
    state: web::Data<AppState>,
    query: web::Query<AuditQuery>,
) -> Result<impl Responder, Failure> {
    let deeds = list_audit(&state, query.into_inner().trail()?).await?;
    let views: Vec<DeedView> = deeds.into_iter().map(DeedView::from).collect();
    Ok(reply::ok(views))
}

impl AuditQuery {
    fn trail(self) -> Result<TrailQuery, GoodsError> {
        let number = |text: Option<String>, name, default| match text {
            Some(text) => parse_int(&text).ok_or(GoodsError::NotANumber(name)),
            None => Ok(default),
        };
        let row = match (self.table, self.pk) {
            (Some(table), Some(pk)) => Some(staff_rows::row((table, pk))?),
            (None, None) => None,
            (_, _) => return Err(GoodsError::NotANumber("table and pk")),
        };
        let size = number(self.pagesize, "pagesize", PageRequest::DEFAULT_SIZE)?;
        Ok(TrailQuery {
            row,
            before: number(self.before, "before", i64::MAX)?,
            limit: size.clamp(1, PageRequest::MAX_SIZE).unsigned_abs(),
        })
    }
}

/// `before` and `after` hold the fields that changed.
#[derive(Serialize)]
struct DeedView {
    id: i64,
    staff_id: i64,
    staff: String,
    action: String,
    model: String,
    pk: i64,
    before: Option<Box<RawValue>>,
    after: Option<Box<RawValue>>,
    reason: Option<String>,
    at: String,
}

impl From<Deed> for DeedView {
    fn from(deed: Deed) -> Self {
        let json = |text: Option<String>| text.and_then(|text| RawValue::from_string(text).ok());
        let at: DateTime<Utc> = deed.created_time;
        Self {
            id: deed.id,
            staff_id: deed.staff_id,
            staff: deed.staff_name,
            action: deed.action,
            model: deed.model,
            pk: deed.row_pk,
            before: json(deed.fields_before),
            after: json(deed.fields_after),
            reason: deed.reason,
            at: shop_text(at),
        }
    }
}
