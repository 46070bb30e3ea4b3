//! Whether an order is paid, for the page that the cashier sends its buyer back to.

use std::time::Duration;

use common::contracts::ids::{OrderId, UserId};
use common::contracts::internal_apis::pays::PaymentState;
use common::deadline;

use super::mark_paid::{Settled, Word, mark_paid};
use crate::domain::order::Order;
use crate::domain::order_state::OrderStatus;
use crate::domain::payment::Payment;
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::orders;

/// The page waits in a synchronous call, its tab frozen (contract §1.1.14).
const ASK_BUDGET: Duration = Duration::from_secs(4);

/// The buyer's order as it stands once pays-svc has been asked, if it has to be. `None` when they have no such order.
pub async fn payment_result(
    state: &AppState,
    user: UserId,
    id: &OrderId,
) -> Result<Option<Order>, OrderError> {
    let order = orders::find_own(state.db.reader(), user, id).await?;
    let waits = order
        .as_ref()
        .is_some_and(|order| order.status == OrderStatus::Pending);
    if waits && ask_pays(state, id).await? == Asked::Paid {
        return Ok(orders::find_own(state.db.reader(), user, id).await?);
    }
    Ok(order)
}

/// What pays-svc knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Its money arrived and has been applied.
    Paid,
    /// None that the order may keep.
    NotPaid,
    /// Nothing certain: the provider gave no usable answer.
    Silent,
}

/// Asks pays-svc about an order, and applies the money it knows of.
pub async fn ask_pays(state: &AppState, id: &OrderId) -> Result<Asked, OrderError> {
    let limit = deadline::within(ASK_BUDGET);
    match deadline::scope(limit, state.pays.sync(id)).await? {
        PaymentState::Paid { trade_no, amount, .. } => {
            match mark_paid(state, id, &Payment { trade_no, amount }, Word::Asked).await? {
                Settled::Kept => Ok(Asked::Paid),
                Settled::NotKept => Ok(Asked::NotPaid),
            }
        }
        PaymentState::Waiting | PaymentState::Unknown => Ok(Asked::NotPaid),
        PaymentState::Silent => Ok(Asked::Silent),
    }
}
