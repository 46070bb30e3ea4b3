//! `POST /v1/staff/users/{id}/deactivate` and `…/reactivate`: keep a user out, or let them in again.

use actix_web::{Responder, web};
use common::contracts::ids::UserId;
use common::error_reply::Failure;
use common::identity::{Caller, Staff};
use common::json::Body;
use common::reply;
use serde::Deserialize;

use crate::domain::audit::{self, Actor};
use crate::domain::user::Standing;
use crate::error::UserError;
use crate::flows;
use crate::state::AppState;

/// The reason is for the trail.
#[derive(Deserialize)]
pub struct Request {
    reason: Option<String>,
}

pub async fn deactivate_user(
    state: web::Data<AppState>,
    Staff(caller): Staff,
    id: web::Path<i64>,
    Body(request): Body<Request>,
) -> Result<impl Responder, Failure> {
    let actor = request.by(caller)?;
    flows::set_standing::set_standing(&state, actor, UserId(*id), Standing::Disabled).await?;
    Ok(reply::ok("账号已停用"))
}

pub async fn reactivate_user(
    state: web::Data<AppState>,
    Staff(caller): Staff,
    id: web::Path<i64>,
    Body(request): Body<Request>,
) -> Result<impl Responder, Failure> {
    let actor = request.by(caller)?;
    flows::set_standing::set_standing(&state, actor, UserId(*id), Standing::Good).await?;
    Ok(reply::ok("账号已恢复"))
}

impl Request {
    fn by(self, caller: Caller) -> Result<Actor, UserError> {
        Ok(Actor {
            id: Some(caller.user_id),
            name: caller.username,
            reason: audit::reason(self.reason)?,
        })
    }
}
