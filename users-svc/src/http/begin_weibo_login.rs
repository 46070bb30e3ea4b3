//! `GET /v1/users/weibo/authorization`: where at Weibo to go (contract U14).

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::reply;

use crate::domain::client::Client;
use crate::flows;
use crate::state::AppState;

/// The address stands in `oauth_url`, not in `data`.
pub async fn begin_weibo_login(
    state: web::Data<AppState>,
    client: Client,
) -> Result<impl Responder, Failure> {
    let url = flows::begin_weibo_login::begin_weibo_login(&state, &client).await?;
    Ok(reply::bare(200).with("oauth_url", url))
}
