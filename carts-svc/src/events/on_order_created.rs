//! An order was made: what it took from the cart is bought.

use common::bus::{HandleError, Message};
use common::contracts::events::orders::OrderCreated;

use crate::flows::forget_lines::forget_lines;
use crate::state::AppState;

/// Lets go of the lines.
pub async fn handle(state: &AppState, message: &Message) -> Result<(), HandleError> {
    let event: OrderCreated = message.read()?;
    Ok(forget_lines(state, event.user_id, &event.order_id).await?)
}
