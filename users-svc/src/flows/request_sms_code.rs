//! Asks for a code to be sent to a phone; the worker that sends it makes it.

use common::contracts::events::users::SmsRequested;
use common::db::{WriteTxn, begin_write};
use common::outbox;
use common::settings::Limits;
use sea_orm::DbErr;

use crate::domain::client::Client;
use crate::domain::user::Phone;
use crate::error::UserError;
use crate::kv_keys::{self, Messages};
use crate::state::AppState;

/// Messages to one phone (reliability §5.13).
const TO_A_PHONE: Messages = Messages {
    in_hour: 5,
    in_day: 10,
};
/// Messages asked for from one address, whatever the phone: more than for a phone, as offices and schools share one.
const FROM_AN_ADDRESS: Messages = Messages {
    in_hour: 60,
    in_day: 200,
};

/// One message per phone and minute, however many ask at once; and a number per hour and day, unless limits are lifted.
pub async fn request_sms_code(state: &AppState, phone: Phone, client: Client) -> Result<(), UserError> {
    if state.sms.is_none() {
        return Err(UserError::NoSmsProvider);
    }
    if !kv_keys::claim_sms(&state.kv, &phone).await? || is_over_a_cap(state, &phone, &client).await? {
        return Err(UserError::SmsTooSoon);
    }
    match store(state, &phone).await {
        // Whether a commit that failed took place is unknown: the claim stays, so that no second message goes out.
        Ok(txn) => txn.commit().await.map_err(UserError::SmsNotRequested),
        Err(error) => {
            kv_keys::release_sms(&state.kv, &phone).await?;
            Err(UserError::SmsNotRequested(error))
        }
    }
}

async fn is_over_a_cap(state: &AppState, phone: &Phone, client: &Client) -> Result<bool, UserError> {
    match state.settings.limits {
        Limits::On => Ok(kv_keys::count_sms(&state.kv, phone).await?.exceed(TO_A_PHONE)
            || kv_keys::count_sms_from(&state.kv, client)
                .await?
                .exceed(FROM_AN_ADDRESS)),
        Limits::Off => Ok(false),
    }
}

async fn store(state: &AppState, phone: &Phone) -> Result<WriteTxn, DbErr> {
    let txn = begin_write(&state.db).await?;
    let event = SmsRequested {
        phone: phone.as_str().to_owned(),
    };
    outbox::add(&txn, state.clock.now(), &event).await?;
    Ok(txn)
}
