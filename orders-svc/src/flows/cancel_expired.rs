//! Cancels orders that nobody paid in time. Money that is there already wins: pays-svc is asked first.

use chrono::TimeDelta;
use common::contracts::events::orders::{CancelReason, OrderCancelled};
use common::db::{begin_write, retry_transient};
use common::task::Heartbeat;
use common::{crashpoint, outbox};
use futures_util::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use super::payment_result::{Asked, ask_pays};
use crate::domain::order_state::{OrderAction, OrderStatus};
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::changes::{self, Actor, Change};
use crate::store::claims::{self, Due};

/// Orders of one round.
pub const BATCH: usize = 100;
/// Orders that pays-svc is asked about at a time.
const PARALLEL: usize = 8;
/// How long a replica keeps an order to itself; far above what cancelling may take.
const CLAIM: TimeDelta = TimeDelta::seconds(60);

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
            Ok(())
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
    let at = state.clock.now();
    let change = Change::new(&due.id, OrderStatus::Pending, OrderAction::Cancel, Actor::Job, at)?;
    let cancelled = OrderCancelled {
        order_id: due.id.clone(),
        user_id: due.user_id,
        reason: CancelReason::PaymentTimeout,
    };
    retry_transient(async || {
        let txn = begin_write(&state.db).await?;
        if changes::apply(&txn, &change).await? {
            outbox::add(&txn, at, &cancelled).await?;
            tracing::info!(order.id = %due.id, "order {} cancelled, not paid in time", due.id);
        }
        crashpoint!("cancel_before_commit");
        txn.commit().await
    })
    .await?;
    crashpoint!("cancel_after_commit");
    Ok(())
}
