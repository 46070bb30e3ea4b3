//! `POST /v1/users/weibo/users/binduser`: bind the Weibo account to an account that is there (contract U17).

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::json::{Body, TextLike};
use serde::Deserialize;

use super::session_view::session_reply;
use crate::domain::client::Client;
use crate::domain::user::Password;
use crate::flows;
use crate::flows::prove_password::Claim;
use crate::state::AppState;

/// `uid` is the ticket that the page was given.
#[derive(Deserialize)]
pub struct Request {
    uid: TextLike,
    username: String,
    password: String,
}

pub async fn bind_weibo(
    state: web::Data<AppState>,
    client: Client,
    Body(request): Body<Request>,
) -> Result<impl Responder, Failure> {
    let claim = Claim {
        username: request.username,
        password: Password::entered(request.password),
        client,
    };
    let session = flows::bind_weibo::bind_weibo(&state, &request.uid.0, claim).await?;
    Ok(session_reply(session))
}
