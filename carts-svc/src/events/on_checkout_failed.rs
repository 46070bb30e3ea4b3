//! A checkout came to nothing: what it took goes back into the cart.

use common::bus::{HandleError, Message};
use common::contracts::events::orders::CheckoutFailed;

use crate::flows::restore_lines::restore_lines;
use crate::state::AppState;

/// Puts the lines back, unless orders-svc had them put back already.
pub async fn handle(state: &AppState, message: &Message) -> Result<(), HandleError> {
    let event: CheckoutFailed = message.read()?;
    Ok(restore_lines(state, event.user_id, &event.order_id).await?)
}
