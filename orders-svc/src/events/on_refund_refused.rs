//! `payment.refund_refused`: money will not go back by itself.

use common::bus::{HandleError, Message};
use common::contracts::events::pays::RefundRefused;

use crate::flows::record_refund::record_refusal;
use crate::state::AppState;

pub(super) async fn handle(state: &AppState, message: &Message) -> Result<(), HandleError> {
    let refusal: RefundRefused = message.read()?;
    record_refusal(state, message.id, &refusal).await?;
    Ok(())
}
