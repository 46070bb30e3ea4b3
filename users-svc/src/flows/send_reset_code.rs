//! Makes the code of a password reset and mails it, where the address is somebody's.

use chrono::{DateTime, TimeDelta, Utc};
use rand::RngExt;
use uuid::Uuid;

use super::send_activation_mail::SendMailError;
use crate::domain::user::{Email, Standing};
use crate::kv_keys;
use crate::outside::letters;
use crate::state::AppState;
use crate::store::users;

/// A request that is older than this is dropped: whoever asked may ask again by then.
const STALE_AFTER: TimeDelta = TimeDelta::minutes(10);

/// Mails the code of `request`. Delivered again, a request sends the same code.
pub async fn send_reset_code(
    state: &AppState,
    request: Uuid,
    email: &Email,
    asked_at: DateTime<Utc>,
) -> Result<(), SendMailError> {
    let Some(mail) = &state.mail else {
        tracing::warn!(event.id = %request, "reset {request} dropped: no mail server is configured");
        return Ok(());
    };
    let account = users::find_by_active_email(state.db.reader(), email).await?;
    let Some(account) = account.filter(|account| account.standing == Standing::Good) else {
        tracing::debug!(event.id = %request, "reset {request} dropped: the address is nobody's");
        return Ok(());
    };
    if state.clock.now() - asked_at > STALE_AFTER {
        tracing::warn!(event.id = %request, "reset {request} dropped: it is over ten minutes old");
        return Ok(());
    }
    let code = match kv_keys::made_reset_code(&state.kv, request).await? {
        Some(code) => code,
        None => {
            let code = format!("{:06}", rand::rng().random_range(0..1_000_000));
            kv_keys::set_reset_code(&state.kv, request, email, &code).await?;
            code
        }
    };
    let to = Email::parse(&account.email)?;
    mail.send(letters::reset_code(to, &account.username, &code))
        .await?;
    tracing::info!(user.id = %account.id, "reset code of user {} sent", account.id);
    Ok(())
}
