//! `POST /v1/users/password/verification`: check the code of a password reset (contract U12).

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::json::{Body, TextLike};
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
    code: TextLike,
}

/// `reset_token` is what step 3 asks for; pages that do not know it are recognised by their browser.
pub async fn verify_reset_code(
    state: web::Data<AppState>,
    client: Client,
    Body(request): Body<Request>,
) -> Result<impl Responder, Failure> {
    let email = Email::parse(&request.email).map_err(UserError::from)?;
    let verifying = flows::verify_reset_code::verify_reset_code(&state, &email, &request.code.0, &client);
    let token = verifying.await?;
    Ok(reply::ok("OK")
        .with("email", email.as_str())
        .with("reset_token", token))
}
