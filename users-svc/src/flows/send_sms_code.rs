//! Makes a registration code and sends it: what the course's SMS worker did.

use chrono::{DateTime, TimeDelta, Utc};
use common::crashpoint;
use rand::RngExt;
use uuid::Uuid;

use crate::domain::user::Phone;
use crate::kv_keys::{self, SMS_CODE_LIFETIME};
use crate::outside::sms::SmsError;
use crate::state::AppState;

/// A request that is older than this is dropped: whoever asked has long asked again.
const STALE_AFTER: TimeDelta = TimeDelta::minutes(5);

/// Why a code was not sent; the message is delivered again later.
#[derive(Debug, thiserror::Error)]
pub enum SendSmsError {
    #[error("code not stored")]
    CodeStore(#[from] common::kv::KvError),
    #[error("sms provider did not take the message")]
    Provider(#[from] SmsError),
}

/// Sends the code of `request`. Delivered again, a request sends the same code, which may be the second message with
/// it; it never makes a code good again that was used or expired.
pub async fn send_sms_code(
    state: &AppState,
    request: Uuid,
    phone: &Phone,
    asked_at: DateTime<Utc>,
) -> Result<(), SendSmsError> {
    let Some(sms) = &state.sms else {
        tracing::warn!(event.id = %request, "sms request {request} dropped: no provider is configured");
        return Ok(());
    };
    let now = state.clock.now();
    if now - asked_at > STALE_AFTER {
        tracing::warn!(event.id = %request, "sms request {request} dropped: it is over five minutes old");
        return Ok(());
    }
    let code = match kv_keys::made_sms_code(&state.kv, request).await? {
        Some(code) => code,
        None => {
            let code = format!("{:06}", rand::rng().random_range(0..1_000_000));
            kv_keys::set_sms_code(&state.kv, request, phone, &code).await?;
            code
        }
    };
    sms.send_code(phone, &code, SMS_CODE_LIFETIME, now).await?;
    crashpoint!("sms_after_send");
    tracing::info!(event.id = %request, "code of sms request {request} sent");
    Ok(())
}
