//! `GET /v1/users/activation?code=`: prove the e-mail address (contract U3).

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::reply;
use serde::Deserialize;

use crate::flows;
use crate::state::AppState;

/// The page forwards its own query string; without a code the link is malformed.
#[derive(Deserialize)]
pub struct Request {
    #[serde(default)]
    code: String,
}

pub async fn activate(
    state: web::Data<AppState>,
    request: web::Query<Request>,
) -> Result<impl Responder, Failure> {
    flows::activate::activate(&state, &request.code).await?;
    Ok(reply::ok("激活成功"))
}
