//! `GET /v1/staff/users/audit?user_id=&before=&limit=`: what staff did to accounts, the newest first.

use actix_web::{Responder, web};
use common::clock::shop_text;
use common::contracts::ids::UserId;
use common::error_reply::Failure;
use common::identity::Staff;
use common::reply;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::user_search::Page;
use crate::error::UserError;
use crate::state::AppState;
use crate::store::audit::{self, AuditLine};

/// `before`: the id of the last line of the page before.
#[derive(Deserialize)]
pub struct Request {
    user_id: Option<i64>,
    before: Option<i64>,
    limit: Option<i64>,
}

pub async fn staff_list_audit(
    state: web::Data<AppState>,
    _staff: Staff,
    request: web::Query<Request>,
) -> Result<impl Responder, Failure> {
    let limit = Page::parse(None, request.limit).map_err(UserError::from)?.limit;
    let target = request.user_id.map(UserId);
    let lines = audit::list(state.db.reader(), target, request.before, limit).await;
    let lines = lines.map_err(UserError::from)?;
    let views: Vec<Value> = lines.into_iter().map(view).collect();
    Ok(reply::ok(json!({ "lines": views })))
}

fn view(line: AuditLine) -> Value {
    json!({
        "id": line.id,
        "at": shop_text(line.at),
        "actor": line.actor,
        "action": line.action,
        "user_id": line.target,
        "username": line.target_name,
        "reason": line.reason,
    })
}
