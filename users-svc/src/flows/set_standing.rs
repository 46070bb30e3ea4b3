//! Deactivates an account, or lets its owner in again; both are written to the trail of staff's actions.

use common::contracts::ids::UserId;
use common::db::{begin_write, retry_transient};

use super::revoke_tokens::announce;
use crate::domain::audit::{Action, Actor};
use crate::domain::user::Standing;
use crate::error::UserError;
use crate::state::AppState;
use crate::store::{audit, tokens, users};

/// A deactivated user is thrown out within seconds. What is so already is a success, and leaves no trace.
pub async fn set_standing(
    state: &AppState,
    actor: Actor,
    target: UserId,
    standing: Standing,
) -> Result<(), UserError> {
    if actor.id == Some(target) {
        return Err(UserError::NotOnOneself);
    }
    let epoch = retry_transient(|| store(state, &actor, target, standing)).await?;
    announce(state, target, Some(epoch)).await
}

async fn store(
    state: &AppState,
    actor: &Actor,
    target: UserId,
    standing: Standing,
) -> Result<i64, UserError> {
    let now = state.clock.now();
    let txn = begin_write(&state.db).await?;
    let account = users::find(&txn, target).await?.ok_or(UserError::UserNotFound)?;
    if !users::set_standing(&txn, target, standing, now).await? {
        return Ok(account.epoch);
    }
    let (action, epoch) = match standing {
        Standing::Disabled => (Action::Deactivate, tokens::revoke(&txn, target, now).await?),
        Standing::Good => (Action::Reactivate, None),
    };
    audit::add(&txn, actor, action, &account, now).await?;
    txn.commit().await?;
    Ok(epoch.unwrap_or(account.epoch))
}
