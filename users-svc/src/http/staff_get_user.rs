//! `GET /v1/staff/users/{id}`: one account.

use actix_web::{Responder, web};
use common::contracts::ids::UserId;
use common::error_reply::Failure;
use common::identity::Staff;
use common::reply;

use super::staff_user_view::staff_user_view;
use crate::error::UserError;
use crate::state::AppState;
use crate::store::users;

pub async fn staff_get_user(
    state: web::Data<AppState>,
    _staff: Staff,
    id: web::Path<i64>,
) -> Result<impl Responder, Failure> {
    let found = users::find(state.db.reader(), UserId(*id)).await;
    let account = found.map_err(UserError::from)?.ok_or(UserError::UserNotFound)?;
    Ok(reply::ok(staff_user_view(account)))
}
