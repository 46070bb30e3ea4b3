//! Ends all sessions of a user.

use common::contracts::ids::UserId;
use common::db::{begin_write, retry_transient};

use super::revoke_tokens::announce;
use crate::error::UserError;
use crate::state::AppState;
use crate::store::tokens;

/// Revokes every token that the user was given so far, on every device.
pub async fn log_out(state: &AppState, user: UserId) -> Result<(), UserError> {
    let epoch = retry_transient(|| revoke(state, user)).await?;
    announce(state, user, epoch).await
}

async fn revoke(state: &AppState, user: UserId) -> Result<Option<i64>, UserError> {
    let txn = begin_write(&state.db).await?;
    let epoch = tokens::revoke(&txn, user, state.clock.now()).await?;
    txn.commit().await?;
    Ok(epoch)
}
