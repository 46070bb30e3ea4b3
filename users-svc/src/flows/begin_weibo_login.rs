//! Tells a browser where at Weibo to go.

use super::secrets::fresh_secret;
use crate::domain::client::Client;
use crate::error::UserError;
use crate::kv_keys;
use crate::state::AppState;

/// Weibo's page, with a state that only this browser can come back with, once.
pub async fn begin_weibo_login(state: &AppState, client: &Client) -> Result<String, UserError> {
    let weibo = state.weibo.as_ref().ok_or(UserError::NoWeibo)?;
    let oauth_state = fresh_secret();
    kv_keys::set_weibo_state(&state.kv, &oauth_state, client).await?;
    Ok(weibo.authorization_url(&oauth_state))
}
