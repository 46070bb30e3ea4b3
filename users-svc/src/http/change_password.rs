//! `POST /v1/users/{username}/password`: change the password, and end all sessions (contract U10).

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::identity::Owner;
use common::json::Body;
use common::reply;
use serde::Deserialize;

use crate::domain::client::Client;
use crate::domain::user::Password;
use crate::error::UserError;
use crate::flows;
use crate::flows::change_password::PasswordChange;
use crate::state::AppState;

/// The page sends `oldpassword`; the old document misspells it.
#[derive(Deserialize)]
pub struct Request {
    #[serde(alias = "oldpasword")]
    oldpassword: String,
    password1: String,
    password2: String,
}

pub async fn change_password(
    state: web::Data<AppState>,
    Owner(caller): Owner,
    client: Client,
    Body(request): Body<Request>,
) -> Result<impl Responder, Failure> {
    let new = Password::chosen(request.password1, &request.password2).map_err(UserError::from)?;
    let change = PasswordChange {
        old: Password::entered(request.oldpassword),
        new,
        client,
    };
    flows::change_password::change_password(&state, caller, change).await?;
    Ok(reply::ok("OK"))
}
