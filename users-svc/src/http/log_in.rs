//! `POST /v1/users/login` and `POST /v1/tokens`: log in, and merge the offline cart (contract U2).

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::json::Body;
use serde::Deserialize;

use super::offline_cart::OfflineCart;
use super::session_view::session_reply;
use crate::domain::Invalid;
use crate::domain::client::Client;
use crate::domain::user::Password;
use crate::error::UserError;
use crate::flows;
use crate::flows::log_in::Login;
use crate::flows::prove_password::Claim;
use crate::state::AppState;

/// What the pages send. `cart` is the name that the oldest ones use.
#[derive(Deserialize)]
pub struct Request {
    username: String,
    password: String,
    #[serde(default)]
    carts: OfflineCart,
    #[serde(default)]
    cart: OfflineCart,
}

pub async fn log_in(
    state: web::Data<AppState>,
    client: Client,
    Body(request): Body<Request>,
) -> Result<impl Responder, Failure> {
    let login = request.login(client)?;
    let session = flows::log_in::log_in(&state, login).await?;
    Ok(session_reply(session))
}

impl Request {
    fn login(self, client: Client) -> Result<Login, UserError> {
        if self.username.is_empty() {
            return Err(Invalid::Field("username").into());
        }
        if self.password.is_empty() {
            return Err(Invalid::Field("password").into());
        }
        Ok(Login {
            claim: Claim {
                username: self.username,
                password: Password::entered(self.password),
                client,
            },
            offline_cart: self.carts.or(self.cart).0,
        })
    }
}
