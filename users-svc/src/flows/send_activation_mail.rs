//! Makes an activation link and mails it: what the course's mail worker did.

use common::contracts::ids::UserId;

use crate::domain::Invalid;
use crate::domain::activation_code::ActivationCode;
use crate::domain::user::{Email, Username};
use crate::kv_keys;
use crate::outside::letters;
use crate::outside::mail::MailError;
use crate::state::AppState;
use crate::store::users;

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum SendMailError {
    #[error("database failed")]
    Database(#[from] sea_orm::DbErr),
    #[error("code not stored")]
    CodeStore(#[from] common::kv::KvError),
    #[error("mail not taken")]
    Mail(#[from] MailError),
    #[error("account cannot be written to")]
    Unwritable(#[from] Invalid),
}

/// Mails a link to a user who is not active yet. Each mail holds a link of its own, and the newest one counts.
pub async fn send_activation_mail(state: &AppState, user: UserId) -> Result<(), SendMailError> {
    let Some(mail) = &state.mail else {
        tracing::debug!(user.id = %user, "activation mail to user {user} dropped: no mail server is configured");
        return Ok(());
    };
    let account = users::find(state.db.reader(), user).await?;
    let Some(account) = account.filter(|account| !account.is_active) else {
        return Ok(());
    };
    let username = Username::parse(&account.username)?;
    let code = ActivationCode::new(rand::random(), username);
    kv_keys::set_activation_code(&state.kv, &code).await?;
    let link = format!(
        "{}/dadashop/templates/active.html?code={}",
        state.settings.web_url,
        code.encode()
    );
    let to = Email::parse(&account.email)?;
    mail.send(letters::activation(to, &account.username, &link))
        .await?;
    tracing::info!(user.id = %user, "activation mail to user {user} sent");
    Ok(())
}
