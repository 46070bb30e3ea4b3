//! Somebody asked for a registration code: it is made and sent.

use common::bus::{HandleError, Message};
use common::contracts::events::users::SmsRequested;

use crate::domain::user::Phone;
use crate::flows::send_sms_code::send_sms_code;
use crate::state::AppState;

/// Sends the code. Needs no inbox: what must happen once is noted in the key-value store under the message's id.
pub async fn handle(state: AppState, message: Message) -> Result<(), HandleError> {
    let event: SmsRequested = message.read()?;
    let phone = Phone::parse(&event.phone).map_err(HandleError::park)?;
    Ok(send_sms_code(&state, message.id, &phone, message.occurred_at).await?)
}
