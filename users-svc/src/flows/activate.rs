//! Notes that a user reads the mail of the address they gave.

use common::kv::Redeem;

use crate::domain::activation_code::ActivationCode;
use crate::error::UserError;
use crate::kv_keys;
use crate::state::AppState;
use crate::store::users;

/// Uses up the code of a link. Should the database fail after that, the link is made good again.
pub async fn activate(state: &AppState, code: &str) -> Result<(), UserError> {
    let code = ActivationCode::decode(code).ok_or(UserError::ActivationLinkMalformed)?;
    let account = users::find_by_name(state.db.reader(), code.username.as_str())
        .await?
        .ok_or(UserError::ActivationUserUnknown)?;
    match kv_keys::redeem_activation_code(&state.kv, &code).await? {
        Redeem::Accepted => {}
        Redeem::Wrong | Redeem::Missing => return Err(UserError::ActivationCodeWrong),
    }
    let id = account.id;
    match users::activate(state.db.writer(), id, state.clock.now()).await {
        Ok(true) => {
            tracing::info!(user.id = %id, "user {id} activated");
            Ok(())
        }
        Ok(false) => Err(UserError::EmailTaken),
        Err(error) => {
            kv_keys::set_activation_code(&state.kv, &code).await?;
            Err(error.into())
        }
    }
}
