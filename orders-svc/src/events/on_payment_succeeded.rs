//! `payment.succeeded`: verified money arrived.

use common::bus::{HandleError, Message};
use common::contracts::events::pays::PaymentSucceeded;

use crate::domain::payment::Payment;
use crate::flows::mark_paid::{Word, mark_paid};
use crate::state::AppState;

pub(super) async fn handle(state: &AppState, message: &Message) -> Result<(), HandleError> {
    let PaymentSucceeded {
        order_id,
        trade_no,
        amount,
        ..
    } = message.read()?;
    mark_paid(
        state,
        &order_id,
        &Payment { trade_no, amount },
        Word::Event(message.id),
    )
    .await?;
    Ok(())
}
