//! Changes the password of a user who knows the present one, and ends their sessions.

use common::contracts::events::users::PasswordChanged;
use common::db::{begin_write, retry_transient};
use common::identity::Caller;
use common::outbox;

use super::prove_password::{Claim, prove_password};
use super::revoke_tokens::announce;
use crate::domain::client::Client;
use crate::domain::user::{Account, Password};
use crate::error::UserError;
use crate::state::AppState;
use crate::store::{tokens, users};

/// What a user changes their password with.
pub struct PasswordChange {
    /// The present one; `None` when what was entered can be nobody's.
    pub old: Option<Password>,
    /// The one to come.
    pub new: Password,
    /// Where they are.
    pub client: Client,
}

/// Checks the token once more by the database: here it counts that nobody comes with one revoked a second ago.
pub async fn change_password(
    state: &AppState,
    caller: Caller,
    change: PasswordChange,
) -> Result<(), UserError> {
    let is_unchanged = change.old.as_ref().is_some_and(|old| old.is(&change.new));
    let claim = Claim {
        username: caller.username,
        password: change.old,
        client: change.client,
    };
    let account = match prove_password(state, claim).await {
        Err(UserError::WrongLogin) => return Err(UserError::OldPasswordWrong),
        Err(UserError::AccountDisabled) => return Err(UserError::CallerUnknown),
        proven => proven?,
    };
    if account.id != caller.user_id || caller.epoch < account.epoch {
        return Err(UserError::CallerUnknown);
    }
    if is_unchanged {
        return Err(UserError::PasswordUnchanged);
    }
    let hash = state.passwords.turn().await?.hash(change.new).await?;
    let epoch = retry_transient(|| store(state, &account, &hash)).await?;
    let epoch = epoch.ok_or(UserError::OldPasswordWrong)?;
    tracing::info!(user.id = %account.id, "user {} changed their password", account.id);
    announce(state, account.id, Some(epoch)).await
}

/// The new epoch of the account; `None` when its password was changed meanwhile.
pub(super) async fn store(state: &AppState, account: &Account, hash: &str) -> Result<Option<i64>, UserError> {
    let now = state.clock.now();
    let txn = begin_write(&state.db).await?;
    if !users::set_password(&txn, account, hash, now).await? {
        return Ok(None);
    }
    let epoch = tokens::revoke(&txn, account.id, now).await?;
    let event = PasswordChanged { user_id: account.id };
    outbox::add(&txn, now, &event).await?;
    txn.commit().await?;
    Ok(epoch)
}
