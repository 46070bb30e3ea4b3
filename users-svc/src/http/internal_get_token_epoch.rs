//! `GET /internal/users/{user_id}/token_epoch`: which tokens of a user are revoked, for other services.

use actix_web::{Responder, web};
use common::contracts::ids::UserId;
use common::error_reply::Failure;
use common::identity::ServiceCaller;

use crate::error::UserError;
use crate::state::AppState;
use crate::store::tokens;

/// A user who is no more has no good token.
const NONE_IS_GOOD: i64 = i64::MAX;

pub async fn internal_get_token_epoch(
    state: web::Data<AppState>,
    _caller: ServiceCaller,
    user: web::Path<i64>,
) -> Result<impl Responder, Failure> {
    let epoch = tokens::epoch(state.db.reader(), UserId(*user))
        .await
        .map_err(UserError::from)?;
    Ok(web::Json(epoch.unwrap_or(NONE_IS_GOOD)))
}
