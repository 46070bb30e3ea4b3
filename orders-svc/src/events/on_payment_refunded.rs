//! `payment.refunded`: money went back.

use common::bus::{HandleError, Message};
use common::contracts::events::pays::PaymentRefunded;

use crate::flows::record_refund::record_refund;
use crate::state::AppState;

pub(super) async fn handle(state: &AppState, message: &Message) -> Result<(), HandleError> {
    let refund: PaymentRefunded = message.read()?;
    record_refund(state, message.id, &refund).await?;
    Ok(())
}
