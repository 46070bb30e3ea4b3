//! Step 1 of a forgotten password: asks for a code to be mailed; the worker that sends it makes it.

use common::contracts::events::users::PasswordResetRequested;
use common::db::{WriteTxn, begin_write};
use common::outbox;
use common::settings::Limits;
use sea_orm::DbErr;

use crate::domain::client::Client;
use crate::domain::user::Email;
use crate::error::UserError;
use crate::kv_keys::{self, Messages};
use crate::state::AppState;

/// Mails asked for from one address.
const FROM_AN_ADDRESS: Messages = Messages {
    in_hour: 60,
    in_day: 200,
};

/// Nobody's address gets the same answer after the same work as somebody's: whose it is, the worker finds out.
pub async fn request_password_reset(state: &AppState, email: Email, client: Client) -> Result<(), UserError> {
    if state.mail.is_none() {
        return Err(UserError::NoMailServer);
    }
    if is_over_the_cap(state, &client).await? || !kv_keys::claim_reset_mail(&state.kv, &email).await? {
        return Err(UserError::MailTooSoon);
    }
    match store(state, &email).await {
        // Whether a commit that failed took place is unknown: the claim stays, so that no second mail goes out.
        Ok(txn) => Ok(txn.commit().await?),
        Err(error) => {
            kv_keys::release_reset_mail(&state.kv, &email).await?;
            Err(error.into())
        }
    }
}

async fn is_over_the_cap(state: &AppState, client: &Client) -> Result<bool, UserError> {
    match state.settings.limits {
        Limits::On => Ok(kv_keys::count_mails_from(&state.kv, client)
            .await?
            .exceed(FROM_AN_ADDRESS)),
        Limits::Off => Ok(false),
    }
}

async fn store(state: &AppState, email: &Email) -> Result<WriteTxn, DbErr> {
    let txn = begin_write(&state.db).await?;
    let event = PasswordResetRequested {
        email: email.as_str().to_owned(),
    };
    outbox::add(&txn, state.clock.now(), &event).await?;
    Ok(txn)
}
