//! `POST /v1/users/sms/code`: have a registration code sent (contract U4).

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::json::{Body, TextLike};
use common::reply;
use serde::Deserialize;

use crate::domain::client::Client;
use crate::domain::user::Phone;
use crate::error::UserError;
use crate::flows;
use crate::state::AppState;

#[derive(Deserialize)]
pub struct Request {
    phone: TextLike,
}

pub async fn request_sms_code(
    state: web::Data<AppState>,
    client: Client,
    Body(request): Body<Request>,
) -> Result<impl Responder, Failure> {
    let phone = Phone::parse(&request.phone.0).map_err(UserError::from)?;
    flows::request_sms_code::request_sms_code(&state, phone, client).await?;
    Ok(reply::ok("验证码已发送"))
}
