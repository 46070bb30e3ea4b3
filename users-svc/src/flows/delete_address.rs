//! Deletes a delivery address; when it was the default, the newest one that is left takes its place (contract §0.4).

use common::contracts::ids::{AddressId, UserId};
use common::db::{begin_write, retry_transient};

use crate::domain::address::Rank;
use crate::error::UserError;
use crate::state::AppState;
use crate::store::{addresses, users};

/// Deletes an address of a user.
pub async fn delete_address(state: &AppState, user: UserId, id: AddressId) -> Result<(), UserError> {
    retry_transient(|| delete(state, user, id)).await
}

async fn delete(state: &AppState, user: UserId, id: AddressId) -> Result<(), UserError> {
    let now = state.clock.now();
    let txn = begin_write(&state.db).await?;
    if !users::lock(&txn, user, now).await? {
        return Err(UserError::CallerUnknown);
    }
    if !addresses::delete(&txn, user, id, now).await? {
        return Err(UserError::NoAddressToDelete);
    }
    let first = addresses::list(&txn, user).await?.into_iter().next();
    if let Some(newest) = first.filter(|first| first.rank == Rank::Ordinary) {
        addresses::set_default(&txn, user, newest.id, now).await?;
    }
    Ok(txn.commit().await?)
}
