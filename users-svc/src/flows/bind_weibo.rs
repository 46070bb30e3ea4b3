//! Binds a Weibo account to the account of somebody who proves both.

use super::open_session::{Guest, Session, Visit, open_session};
use super::prove_password::{Claim, prove_password};
use crate::error::UserError;
use crate::kv_keys;
use crate::state::AppState;
use crate::store::weibo;

/// Refused for a ticket whose bearer we did not send to Weibo: it may be a stranger's, slipped to them so that the
/// stranger can log in to their account from then on.
pub async fn bind_weibo(state: &AppState, ticket: &str, claim: Claim) -> Result<Session, UserError> {
    let unbound = kv_keys::find_weibo_ticket(&state.kv, ticket)
        .await?
        .filter(|unbound| unbound.was_sent_by_us)
        .ok_or(UserError::WeiboNotBound)?;
    let account = prove_password(state, claim).await?;
    let now = state.clock.now();
    if !weibo::bind(state.db.writer(), account.id, &unbound.wuid, now).await? {
        return Err(UserError::WeiboNotBound);
    }
    kv_keys::use_up_weibo_ticket(&state.kv, ticket).await?;
    tracing::info!(user.id = %account.id, "user {} bound to weibo", account.id);
    open_session(state, Guest::of(account, Visit::Later), Vec::new()).await
}
