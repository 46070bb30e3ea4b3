//! `POST /v1/users/register` and `POST /v1/users`: make an account and log in (contract U1).

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::json::{Body, TextLike};
use serde::Deserialize;

use super::offline_cart::OfflineCart;
use super::session_view::session_reply;
use crate::domain::user::{Email, Password, Phone, Username};
use crate::error::UserError;
use crate::flows;
use crate::flows::register::Registration;
use crate::state::AppState;

/// What the pages send. `cart` is the name that the oldest ones use.
#[derive(Deserialize)]
pub struct Request {
    uname: String,
    password: String,
    phone: TextLike,
    email: String,
    verify: Option<TextLike>,
    #[serde(default)]
    carts: OfflineCart,
    #[serde(default)]
    cart: OfflineCart,
}

pub async fn register(
    state: web::Data<AppState>,
    Body(request): Body<Request>,
) -> Result<impl Responder, Failure> {
    let registration = Registration::try_from(request)?;
    let session = flows::register::register(&state, registration).await?;
    Ok(session_reply(session))
}

impl TryFrom<Request> for Registration {
    type Error = UserError;

    fn try_from(request: Request) -> Result<Self, UserError> {
        Ok(Self {
            username: Username::parse(&request.uname)?,
            password: Password::parse(request.password)?,
            email: Email::parse(&request.email)?,
            phone: Phone::parse(&request.phone.0)?,
            sms_code: request.verify.map(|code| code.0).filter(|code| !code.is_empty()),
            offline_cart: request.carts.or(request.cart).0,
        })
    }
}
