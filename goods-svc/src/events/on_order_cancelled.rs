//! `order.cancelled`: what the order holds goes back.

use common::bus::{HandleError, Message};
use common::contracts::events::orders::OrderCancelled;

use super::judge;
use crate::flows::release_stock::release_stock;
use crate::state::AppState;

pub(super) async fn handle(state: &AppState, message: &Message) -> Result<(), HandleError> {
    let event: OrderCancelled = message.read()?;
    release_stock(state, &event.order_id, Some(message.id))
        .await
        .map_err(judge)
}
