//! Cancels orders that nobody paid in time. Money that is there already wins: pays-svc is asked first.

use chrono::TimeDelta;
use common::contracts::events::orders::CancelReason;
use common::task::Heartbeat;
use futures_util::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use super::cancel_order::{self, Cancellation};
use super::payment_result::{Asked, ask_pays};
use crate::domain::order_state::OrderStatus;
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::changes::Actor;
use crate::store::claims::{self, Due};

/// Orders of one round.
pub const BATCH: usize = 100;
/// Orders that pays-svc is asked about at a time.
const PARALLEL: usize = 8;
/// How long a replica keeps an order to itself: above the 4 s that asking and the 3 s that a lock may take. Should the
/// replica die, another one goes on this soon; should it be slow instead, the second changes nothing.
const CLAIM: TimeDelta = TimeDelta::seconds(10);
/// Pause before a silent provider is asked again.
const ASK_AGAIN: TimeDelta = TimeDelta::seconds(60);

/// Works on one batch, unless `stop` is raised; answers how many orders were due.
pub async fn cancel_expired(
    state: &AppState,
    stop: &CancellationToken,
    beat: &Heartbeat,
) -> Result<usize, OrderError> {
    let due = claims::unpaid(&state.db, state.clock.now(), BATCH).await?;
    let count = due.len();
    stream::iter(due.into_iter().take_while(|_| !stop.is_cancelled()))
        .for_each_concurrent(PARALLEL, async |due| {
            beat.beat();
            if let Err(error) = cancel_one(state, &due).await {
                tracing::warn!(order.id = %due.id, ?error, "order {} not cancelled, will be tried again", due.id);
            }
        })
        .await;
    Ok(count)
}

async fn cancel_one(state: &AppState, due: &Due) -> Result<(), OrderError> {
    let now = state.clock.now();
    if !claims::claim(&state.db, &due.id, OrderStatus::Pending, (now, now + CLAIM)).await? {
        return Ok(());
    }
    let may_wait = now <= due.since + state.settings.silence_timeout;
    match ask_pays(state, &due.id).await {
        Ok(Asked::Paid) => Ok(()),
        Ok(Asked::NotPaid) => cancel(state, due).await,
        Ok(Asked::Silent) if may_wait => {
            tracing::debug!(order.id = %due.id, "provider is silent, order {} is kept for now", due.id);
            Ok(claims::put_off(&state.db, &due.id, now + ASK_AGAIN).await?)
        }
        Ok(Asked::Silent) => {
            tracing::warn!(order.id = %due.id, "provider is silent, order {} is cancelled unasked", due.id);
            cancel(state, due).await
        }
        Err(OrderError::Call(error)) if !may_wait => {
            tracing::warn!(order.id = %due.id, ?error, "pays-svc is silent, order {} is cancelled unasked", due.id);
            cancel(state, due).await
        }
        Err(error) => Err(error),
    }
}

async fn cancel(state: &AppState, due: &Due) -> Result<(), OrderError> {
    let cancellation = Cancellation {
        order_id: &due.id,
        user_id: due.user_id,
        reason: CancelReason::PaymentTimeout,
    };
    cancel_order::cancel(state, cancellation, Actor::Job).await?;
    Ok(())
}
