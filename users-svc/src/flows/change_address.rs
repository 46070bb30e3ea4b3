//! Changes the texts of a delivery address.

use common::contracts::ids::{AddressId, UserId};

use crate::domain::address::AddressChange;
use crate::error::UserError;
use crate::state::AppState;
use crate::store::addresses;

/// Changes an address of a user. Orders keep the texts they were made with.
pub async fn change_address(
    state: &AppState,
    user: UserId,
    id: AddressId,
    change: AddressChange,
) -> Result<(), UserError> {
    let now = state.clock.now();
    if addresses::change(state.db.writer(), user, id, &change, now).await? {
        Ok(())
    } else {
        Err(UserError::NoAddressToChange)
    }
}
