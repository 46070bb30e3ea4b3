//! An account was made: its owner gets an activation link.

use common::bus::{HandleError, Message};
use common::contracts::events::users::UserRegistered;

use crate::flows::send_activation_mail::{SendMailError, send_activation_mail};
use crate::outside::mail::MailError;
use crate::state::AppState;

/// Mails the link. Delivered again it mails another one, unless the user is active by then.
pub async fn handle(state: AppState, message: Message) -> Result<(), HandleError> {
    let event: UserRegistered = message.read()?;
    match send_activation_mail(&state, event.user_id).await {
        Ok(()) => Ok(()),
        Err(
            error @ (SendMailError::Unwritable(_)
            | SendMailError::Mail(
                MailError::Address(_) | MailError::Compose(_) | MailError::Refused(_),
            )),
        ) => Err(HandleError::park(error)),
        Err(
            error @ (SendMailError::Database(_)
            | SendMailError::CodeStore(_)
            | SendMailError::Mail(MailError::Transport(_))),
        ) => Err(error.into()),
    }
}
