//! A cart of a browser could not be merged at login: it is merged now.

use common::bus::{HandleError, Message};
use common::contracts::events::users::CartLeftBehind;

use crate::flows::leave_cart::merge_left_cart;
use crate::state::AppState;

/// Merges it. Needs no inbox: merging twice is merging once.
pub async fn handle(state: AppState, message: Message) -> Result<(), HandleError> {
    let event: CartLeftBehind = message.read()?;
    Ok(merge_left_cart(&state, event, message.occurred_at).await?)
}
