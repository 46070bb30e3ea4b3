//! Step 2 of a forgotten password: uses the mailed code up for a proof that step 3 asks for.

use common::kv::Redeem;

use super::secrets::fresh_secret;
use crate::domain::client::Client;
use crate::domain::user::Email;
use crate::error::UserError;
use crate::kv_keys;
use crate::state::AppState;

/// The token that proves it for ten minutes. For three minutes the same browser proves it without, because the
/// existing pages do not send the token along.
pub async fn verify_reset_code(
    state: &AppState,
    email: &Email,
    code: &str,
    client: &Client,
) -> Result<String, UserError> {
    match kv_keys::redeem_reset_code(&state.kv, email, code).await? {
        Redeem::Accepted => {}
        Redeem::Wrong | Redeem::Missing => return Err(UserError::ResetCodeWrong),
    }
    let token = fresh_secret();
    kv_keys::set_reset_proof(&state.kv, email, &token, client).await?;
    Ok(token)
}
