//! The buyer is back from the cashier and wants to know: what we know, else what the provider says within seconds.

use std::time::Duration;

use common::contracts::ids::OrderId;
use common::contracts::internal_apis::pays::PaymentState;
use common::deadline;
use common::error_reply::ServiceError;

use super::query_payment::query_payment;
use crate::domain::payment::{Payment, PaymentStatus};
use crate::domain::trade::Receipt;
use crate::error::PayError;
use crate::error_codes::NOT_PAID;
use crate::state::AppState;
use crate::store::{payments, transactions};

/// The buyer looks at an empty page meanwhile (reliability §5.12).
const LIMIT: Duration = Duration::from_secs(3);
/// Kept back from the caller's patience, for our answer to travel.
const FOR_THE_ANSWER: Duration = Duration::from_millis(150);

/// What is known of an order's payment. The provider's silence is no error, but neither is it the word that no money
/// came: the answer is "silent".
pub(crate) async fn sync_payment(state: &AppState, order_id: &OrderId) -> Result<PaymentState, PayError> {
    let Some(payment) = payments::find(state.db.reader(), order_id.as_str()).await? else {
        return Ok(PaymentState::Unknown);
    };
    match payment.status {
        PaymentStatus::Paid => Ok(told(
            transactions::first_of(state.db.reader(), order_id, payment.amount).await?,
        )),
        PaymentStatus::Waiting | PaymentStatus::Closed => ask(state, &payment).await,
    }
}

fn told(receipt: Option<Receipt>) -> PaymentState {
    receipt.map_or(PaymentState::Waiting, |receipt| PaymentState::Paid {
        trade_no: receipt.trade_no,
        amount: receipt.amount,
        paid_at: receipt.paid_at,
    })
}

async fn ask(state: &AppState, payment: &Payment) -> Result<PaymentState, PayError> {
    let order = &payment.order_id;
    let Ok(_slot) = state.sync_slots.try_acquire() else {
        tracing::warn!(order.id = %order, "too many ask the provider at once, nothing is known of order {order}");
        return Ok(PaymentState::Silent);
    };
    let limit = deadline::within(LIMIT + FOR_THE_ANSWER).saturating_sub(FOR_THE_ANSWER);
    match query_payment(state, payment, limit).await {
        Ok(None) => {
            tracing::debug!(order.id = %order, code = NOT_PAID.code, "order {order} is not paid yet");
            Ok(PaymentState::Waiting)
        }
        Err(PayError::Database(error)) => Err(error.into()),
        Err(error) => {
            let code = error.code().code;
            tracing::warn!(order.id = %order, code, ?error, "provider gave no answer about order {order}");
            Ok(PaymentState::Silent)
        }
        Ok(receipt) => Ok(told(receipt)),
    }
}
