//! Step 3 of a forgotten password: sets another one for whoever proves to have done step 2.

use common::db::retry_transient;

use super::change_password::store;
use super::revoke_tokens::announce;
use crate::domain::client::Client;
use crate::domain::user::{Account, Email, Password, Standing};
use crate::error::UserError;
use crate::kv_keys::{self, ResetProof};
use crate::settings::ResetRule;
use crate::state::AppState;
use crate::store::users;

/// What somebody resets a password with.
pub struct PasswordReset {
    /// The proven address of the account.
    pub email: Email,
    /// The password to come.
    pub new: Password,
    /// What step 2 gave, where the page sends it.
    pub token: Option<String>,
    /// Where they are.
    pub client: Client,
}

/// All sessions end, and the owner gets a mail.
pub async fn reset_password(state: &AppState, reset: PasswordReset) -> Result<(), UserError> {
    let proof = match (&reset.token, state.settings.reset) {
        (Some(token), _) => ResetProof::Token(token),
        (None, ResetRule::TokenOrSameBrowser) => ResetProof::Browser(&reset.client),
        (None, ResetRule::Token) => return Err(UserError::ResetNotProven),
    };
    if !kv_keys::redeem_reset_proof(&state.kv, &reset.email, proof).await? {
        return Err(UserError::ResetNotProven);
    }
    let hash = state.passwords.turn().await?.hash(reset.new).await?;
    let (account, epoch) = retry_transient(|| set(state, &reset.email, &hash)).await?;
    tracing::info!(user.id = %account.id, "user {} reset their password", account.id);
    announce(state, account.id, Some(epoch)).await
}

async fn set(state: &AppState, email: &Email, hash: &str) -> Result<(Account, i64), UserError> {
    let account = users::find_by_active_email(state.db.reader(), email)
        .await?
        .filter(|account| account.standing == Standing::Good)
        .ok_or(UserError::UserGone)?;
    // A password that was changed just now was changed by somebody who knew it: theirs stands.
    let epoch = store(state, &account, hash).await?;
    Ok((account, epoch.ok_or(UserError::ResetNotProven)?))
}
