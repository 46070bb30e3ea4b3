//! Cancels an unpaid order: its stock and its trade are let go. Money that is there already wins.

use std::time::Duration;

use common::contracts::events::orders::{CancelReason, OrderCancelled};
use common::contracts::ids::{OrderId, UserId};
use common::db::{begin_write, retry_transient};
use common::{crashpoint, deadline, outbox};

use super::payment_result::{Asked, ask_pays};
use crate::domain::order_state::{IllegalTransition, OrderAction, OrderStatus};
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::changes::{self, Actor, Change};
use crate::store::orders;

/// How long a buyer waits for the provider's word; late money goes back all the same.
const ASK_BUDGET: Duration = Duration::from_secs(2);

/// An order that is to be cancelled.
#[derive(Clone, Copy, Debug)]
pub struct Cancellation<'o> {
    /// Which.
    pub order_id: &'o OrderId,
    /// Its buyer.
    pub user_id: UserId,
    /// Why.
    pub reason: CancelReason,
}

/// Cancels the buyer's own order because they ask.
///
/// # Errors
/// An order that is not theirs is not found; one that is paid, as the provider may say only now, is refused.
pub async fn cancel_order(state: &AppState, user: UserId, id: &OrderId) -> Result<(), OrderError> {
    let order = orders::find_listed(state.db.reader(), user, id).await?;
    let order = order.ok_or(OrderError::NotFound)?;
    order.status.apply(OrderAction::Cancel)?;
    match deadline::scope(deadline::within(ASK_BUDGET), ask_pays(state, id)).await {
        Ok(Asked::Paid) => return Err(not_from(OrderStatus::Paid)),
        Ok(Asked::NotPaid | Asked::Silent) => {}
        Err(OrderError::Call(error)) => {
            tracing::warn!(order.id = %id, ?error, "pays-svc is silent, order {id} is cancelled unasked");
        }
        Err(error) => return Err(error),
    }
    let cancellation = Cancellation {
        order_id: id,
        user_id: user,
        reason: CancelReason::Buyer,
    };
    if !cancel(state, cancellation, Actor::Buyer(user)).await? {
        let now = orders::find(state.db.reader(), id).await?;
        return Err(not_from(now.map_or(order.status, |order| order.status)));
    }
    Ok(())
}

fn not_from(from: OrderStatus) -> OrderError {
    let action = OrderAction::Cancel;
    IllegalTransition { from, action }.into()
}

/// Cancels the order if it is unpaid still; false when it is not.
pub(super) async fn cancel(
    state: &AppState,
    cancellation: Cancellation<'_>,
    actor: Actor,
) -> Result<bool, OrderError> {
    let Cancellation {
        order_id,
        user_id,
        reason,
    } = cancellation;
    let at = state.clock.now();
    let change = Change::new(order_id, OrderStatus::Pending, OrderAction::Cancel, actor, at)?;
    let cancelled = OrderCancelled {
        order_id: order_id.clone(),
        user_id,
        reason,
    };
    let is_cancelled = retry_transient(async || {
        let txn = begin_write(&state.db).await?;
        let is_cancelled = changes::apply(&txn, &change).await?;
        if is_cancelled {
            outbox::add(&txn, at, &cancelled).await?;
        }
        crashpoint!("cancel_before_commit");
        txn.commit().await?;
        Ok::<_, OrderError>(is_cancelled)
    })
    .await?;
    crashpoint!("cancel_after_commit");
    if is_cancelled {
        tracing::info!(order.id = %order_id, ?reason, "order {order_id} cancelled");
    }
    Ok(is_cancelled)
}
