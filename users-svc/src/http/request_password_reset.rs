//! `POST /v1/users/password/sms`: have the code of a password reset mailed, despite its name (contract U11).

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::json::Body;
use common::reply;
use serde::Deserialize;

use crate::domain::client::Client;
use crate::domain::user::Email;
use crate::error::UserError;
use crate::flows;
use crate::state::AppState;

#[derive(Deserialize)]
pub struct Request {
    email: String,
}

pub async fn request_password_reset(
    state: web::Data<AppState>,
    client: Client,
    Body(request): Body<Request>,
) -> Result<impl Responder, Failure> {
    let email = Email::parse(&request.email).map_err(UserError::from)?;
    flows::request_password_reset::request_password_reset(&state, email, client).await?;
    Ok(reply::ok("验证码已发送"))
}
