//! `GET /v1/staff/users?search=&after=&limit=`: accounts, a page at a time.

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::identity::Staff;
use common::reply;
use serde::Deserialize;
use serde_json::{Value, json};

use super::staff_user_view::staff_user_view;
use crate::domain::user_search::{Page, UserSearch};
use crate::error::UserError;
use crate::state::AppState;
use crate::store::user_list;

/// `search`: the beginning of a name, of a phone number or of an e-mail address; `after`: `next` of the page before.
#[derive(Deserialize)]
pub struct Request {
    #[serde(default)]
    search: String,
    after: Option<String>,
    limit: Option<i64>,
}

pub async fn staff_list_users(
    state: web::Data<AppState>,
    _staff: Staff,
    request: web::Query<Request>,
) -> Result<impl Responder, Failure> {
    let Request { search, after, limit } = request.into_inner();
    let search = UserSearch::parse(&search).map_err(UserError::from)?;
    let page = Page::parse(after, limit).map_err(UserError::from)?;
    let found = user_list::list(state.db.reader(), &search, &page).await;
    let found = found.map_err(UserError::from)?;
    let users: Vec<Value> = found.accounts.into_iter().map(staff_user_view).collect();
    Ok(reply::ok(json!({ "users": users, "next": found.next })))
}
