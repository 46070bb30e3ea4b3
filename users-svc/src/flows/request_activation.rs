//! Asks for another activation link to be mailed.

use common::contracts::events::users::ActivationRequested;
use common::contracts::ids::UserId;
use common::db::begin_write;
use common::outbox;

use crate::error::UserError;
use crate::kv_keys;
use crate::state::AppState;
use crate::store::users;

/// One mail per user and minute. Who is active already needs none, and is told the same.
pub async fn request_activation(state: &AppState, user: UserId) -> Result<(), UserError> {
    if state.mail.is_none() {
        return Err(UserError::NoMailServer);
    }
    let account = users::find(state.db.reader(), user)
        .await?
        .ok_or(UserError::CallerUnknown)?;
    if account.is_active {
        return Ok(());
    }
    if !kv_keys::claim_activation_mail(&state.kv, user).await? {
        return Err(UserError::MailTooSoon);
    }
    let txn = begin_write(&state.db).await?;
    let event = ActivationRequested { user_id: user };
    outbox::add(&txn, state.clock.now(), &event).await?;
    Ok(txn.commit().await?)
}
