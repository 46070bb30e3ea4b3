//! Makes one delivery address the default, and thereby the former one ordinary.

use common::contracts::ids::{AddressId, UserId};
use common::db::{begin_write, retry_transient};

use crate::error::UserError;
use crate::state::AppState;
use crate::store::{addresses, users};

/// Makes an address of a user their default.
pub async fn set_default_address(state: &AppState, user: UserId, id: AddressId) -> Result<(), UserError> {
    retry_transient(|| set_default(state, user, id)).await
}

async fn set_default(state: &AppState, user: UserId, id: AddressId) -> Result<(), UserError> {
    let now = state.clock.now();
    let txn = begin_write(&state.db).await?;
    if !users::lock(&txn, user, now).await? {
        return Err(UserError::CallerUnknown);
    }
    addresses::clear_default(&txn, user, now).await?;
    if !addresses::set_default(&txn, user, id, now).await? {
        return Err(UserError::NoAddressToPrefer);
    }
    Ok(txn.commit().await?)
}
