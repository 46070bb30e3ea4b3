//! Tells the owner of an account by mail that its password was changed: if it was not they, they should know.

use chrono::{DateTime, Utc};
use common::clock::shop_text;
use common::contracts::ids::UserId;

use super::send_activation_mail::SendMailError;
use crate::domain::user::Email;
use crate::outside::letters;
use crate::state::AppState;
use crate::store::users;

/// Mails the notice to a proven address; others have none that is surely theirs.
pub async fn send_password_notice(
    state: &AppState,
    user: UserId,
    changed_at: DateTime<Utc>,
) -> Result<(), SendMailError> {
    let account = users::find(state.db.reader(), user).await?;
    let account = account.filter(|account| account.is_active);
    let (Some(mail), Some(account)) = (&state.mail, account) else {
        return Ok(());
    };
    let to = Email::parse(&account.email)?;
    let letter = letters::password_changed(to, &account.username, &shop_text(changed_at));
    mail.send(letter).await?;
    tracing::info!(user.id = %user, "notice of a changed password to user {user} sent");
    Ok(())
}
