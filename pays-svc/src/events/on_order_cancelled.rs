//! `order.cancelled`: its trade is closed.

use common::bus::{HandleError, Message};
use common::contracts::events::orders::OrderCancelled;

use crate::flows::close_trade::close_trade;
use crate::state::AppState;

/// Needs no inbox: closing what is closed changes nothing, here and at the provider.
pub(super) async fn handle(state: &AppState, message: &Message) -> Result<(), HandleError> {
    let event: OrderCancelled = message.read()?;
    Ok(close_trade(state, &event.order_id).await?)
}
