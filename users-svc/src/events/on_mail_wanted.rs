//! Something happened of which a user is told by mail.

use common::bus::{HandleError, Message};
use common::contracts::events::users::{
    ActivationRequested, PasswordChanged, PasswordResetRequested, UserRegistered,
};
use common::outbox::Event;

use crate::domain::user::Email;
use crate::flows::send_activation_mail::{SendMailError, send_activation_mail};
use crate::flows::send_password_notice::send_password_notice;
use crate::flows::send_reset_code::send_reset_code;
use crate::outside::mail::MailError;
use crate::state::AppState;

/// Sends the mail. Delivered again it sends another: SMTP cannot tell whether the first one was taken when the worker
/// died in between. Nothing else happens twice: the newest activation link counts, and a reset keeps its code.
pub async fn handle(state: AppState, message: Message) -> Result<(), HandleError> {
    let sent = match message.topic.as_str() {
        UserRegistered::TOPIC => {
            let event: UserRegistered = message.read()?;
            send_activation_mail(&state, event.user_id).await
        }
        ActivationRequested::TOPIC => {
            let event: ActivationRequested = message.read()?;
            send_activation_mail(&state, event.user_id).await
        }
        PasswordResetRequested::TOPIC => {
            let event: PasswordResetRequested = message.read()?;
            let email = Email::parse(&event.email).map_err(HandleError::park)?;
            send_reset_code(&state, message.id, &email, message.occurred_at).await
        }
        PasswordChanged::TOPIC => {
            let event: PasswordChanged = message.read()?;
            send_password_notice(&state, event.user_id, message.occurred_at).await
        }
        topic => return Err(HandleError::park(format!("topic {topic} is not ours"))),
    };
    sent.map_err(judged)
}

/// What will not become better by waiting is parked at once.
fn judged(error: SendMailError) -> HandleError {
    match error {
        SendMailError::Unwritable(_)
        | SendMailError::Mail(MailError::Address(_) | MailError::Compose(_) | MailError::Refused(_)) => {
            HandleError::park(error)
        }
        SendMailError::Database(_)
        | SendMailError::CodeStore(_)
        | SendMailError::Mail(MailError::Transport(_)) => error.into(),
    }
}
