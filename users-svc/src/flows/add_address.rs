//! Adds a delivery address; a user's first one becomes the default.

use common::contracts::ids::UserId;
use common::db::{begin_write, retry_transient};

use crate::domain::address::{ADDRESSES_PER_USER, NewAddress, Rank};
use crate::error::UserError;
use crate::state::AppState;
use crate::store::{addresses, users};

/// Adds an address to those of a user.
pub async fn add_address(state: &AppState, user: UserId, new: NewAddress) -> Result<(), UserError> {
    retry_transient(|| add(state, user, &new)).await
}

async fn add(state: &AppState, user: UserId, new: &NewAddress) -> Result<(), UserError> {
    let now = state.clock.now();
    let txn = begin_write(&state.db).await?;
    if !users::lock(&txn, user, now).await? {
        return Err(UserError::CallerUnknown);
    }
    let rank = match addresses::count(&txn, user).await? {
        0 => Rank::Default,
        count if count < ADDRESSES_PER_USER => Rank::Ordinary,
        _ => return Err(UserError::TooManyAddresses),
    };
    addresses::insert(&txn, user, new, rank, now).await?;
    Ok(txn.commit().await?)
}
