//! `POST /v1/users/weibo/users`: make an account and bind the Weibo account to it (contract U16).

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::json::{Body, TextLike};
use serde::Deserialize;

use super::session_view::session_reply;
use crate::domain::user::{Email, Password, Phone, Username};
use crate::error::UserError;
use crate::flows;
use crate::flows::weibo_register::WeiboRegistration;
use crate::state::AppState;

/// `uid` is the ticket that the page was given.
#[derive(Deserialize)]
pub struct Request {
    uid: TextLike,
    username: String,
    password: String,
    phone: TextLike,
    email: String,
}

pub async fn weibo_register(
    state: web::Data<AppState>,
    Body(request): Body<Request>,
) -> Result<impl Responder, Failure> {
    let registration = WeiboRegistration::try_from(request)?;
    let session = flows::weibo_register::weibo_register(&state, registration).await?;
    Ok(session_reply(session))
}

impl TryFrom<Request> for WeiboRegistration {
    type Error = UserError;

    fn try_from(request: Request) -> Result<Self, UserError> {
        Ok(Self {
            ticket: request.uid.0,
            username: Username::parse(&request.username)?,
            password: Password::parse(request.password)?,
            email: Email::parse(&request.email)?,
            phone: Phone::parse(&request.phone.0)?,
        })
    }
}
