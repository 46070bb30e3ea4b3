//! `POST /v1/users/{username}/logout`: end all sessions of the caller.

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::identity::Owner;
use common::reply;

use crate::flows;
use crate::state::AppState;

pub async fn log_out(state: web::Data<AppState>, Owner(caller): Owner) -> Result<impl Responder, Failure> {
    flows::log_out::log_out(&state, caller.user_id).await?;
    Ok(reply::ok("已退出登录"))
}
