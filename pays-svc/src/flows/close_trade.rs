//! An order was cancelled: its payment is closed here and at the provider, as far as the provider lets itself be.

use std::time::Duration;

use common::contracts::ids::OrderId;

use super::query_payment::query_payment;
use crate::domain::payment::{PaymentAction, PaymentStatus};
use crate::error::PayError;
use crate::outside::CloseAnswer;
use crate::state::AppState;
use crate::store::payments;

/// Limit of the question after a close that was refused.
const QUERY_LIMIT: Duration = Duration::from_secs(5);

/// Closes the payment of an order; safe to repeat. A trade that does not exist yet cannot be closed, and the buyer
/// may still open it: money that comes all the same goes back.
pub(crate) async fn close_trade(state: &AppState, order_id: &OrderId) -> Result<(), PayError> {
    let now = state.clock.now();
    let Some(payment) = payments::find(state.db.reader(), order_id.as_str()).await? else {
        return Ok(());
    };
    if payment.status == PaymentStatus::Paid {
        return Ok(());
    }
    // No row moves when it was closed before, or paid meanwhile: that money goes back.
    payments::take_step(state.db.writer(), order_id, PaymentAction::Close, now).await?;
    match state.provider.close(order_id.as_str(), now).await? {
        CloseAnswer::Closed | CloseAnswer::NotExist => Ok(()),
        CloseAnswer::NotWaiting => {
            query_payment(state, &payment, QUERY_LIMIT).await?;
            Ok(())
        }
    }
}
