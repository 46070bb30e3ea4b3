//! `order.refund_requested`: the refund is noted down.

use common::bus::{HandleError, Message};
use common::contracts::events::orders::RefundRequested;
use common::error_reply::ServiceError;

use crate::error::PayError;
use crate::flows::request_refund::request_refund;
use crate::state::AppState;

/// A refund of money that never came is parked, where people look.
pub(super) async fn handle(state: &AppState, message: &Message) -> Result<(), HandleError> {
    let event: RefundRequested = message.read()?;
    match request_refund(state, message.id, &event).await {
        Err(error @ PayError::RefundUnfounded { .. }) => {
            let (order, code) = (&event.order_id, error.code().code);
            tracing::error!(order.id = %order, code, ?error, "refund for order {order} parked: {error}");
            Err(HandleError::park(error))
        }
        outcome => Ok(outcome?),
    }
}
