//! `POST /v1/users/password/new`: set another password after the code was checked (contract U13).

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::json::Body;
use common::reply;
use serde::Deserialize;

use crate::domain::client::Client;
use crate::domain::user::{Email, Password};
use crate::error::UserError;
use crate::flows;
use crate::flows::reset_password::PasswordReset;
use crate::state::AppState;

#[derive(Deserialize)]
pub struct Request {
    password1: String,
    password2: String,
    email: String,
    reset_token: Option<String>,
}

pub async fn reset_password(
    state: web::Data<AppState>,
    client: Client,
    Body(request): Body<Request>,
) -> Result<impl Responder, Failure> {
    let reset = request.reset(client)?;
    flows::reset_password::reset_password(&state, reset).await?;
    Ok(reply::ok("OK"))
}

impl Request {
    fn reset(self, client: Client) -> Result<PasswordReset, UserError> {
        Ok(PasswordReset {
            email: Email::parse(&self.email)?,
            new: Password::chosen(self.password1, &self.password2)?,
            token: self.reset_token.filter(|token| !token.is_empty()),
            client,
        })
    }
}
