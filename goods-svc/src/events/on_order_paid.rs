//! `order.paid`: what the order holds is sold.

use common::bus::{HandleError, Message};
use common::contracts::events::orders::OrderPaid;

use super::judge;
use crate::flows::mark_sold::mark_sold;
use crate::state::AppState;

pub(super) async fn handle(state: &AppState, message: &Message) -> Result<(), HandleError> {
    let event: OrderPaid = message.read()?;
    mark_sold(state, &event.order_id, Some(message.id))
        .await
        .map_err(judge)
}
