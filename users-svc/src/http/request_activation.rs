//! `POST /v1/users/{username}/activation`: have another activation link mailed.

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::identity::Owner;
use common::reply;

use crate::flows;
use crate::state::AppState;

pub async fn request_activation(
    state: web::Data<AppState>,
    Owner(caller): Owner,
) -> Result<impl Responder, Failure> {
    flows::request_activation::request_activation(&state, caller.user_id).await?;
    Ok(reply::ok("激活邮件已发送"))
}
