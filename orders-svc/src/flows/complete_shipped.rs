//! Completes orders that were shipped long ago and whose buyers have said nothing.

use common::contracts::events::orders::OrderDone;
use common::db::{begin_write, retry_transient};
use common::outbox;
use common::task::Heartbeat;
use tokio_util::sync::CancellationToken;

use crate::domain::order_state::{OrderAction, OrderStatus};
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::changes::{self, Actor, Change};
use crate::store::claims::{self, Due};

/// Orders of one round.
pub const BATCH: usize = 100;

/// Works on one batch, unless `stop` is raised; answers how many orders were due. Replicas that take the same order
/// need no claim: the second changes nothing.
pub async fn complete_shipped(
    state: &AppState,
    stop: &CancellationToken,
    beat: &Heartbeat,
) -> Result<usize, OrderError> {
    let due = claims::shipped(&state.db, state.clock.now(), BATCH).await?;
    for order in due.iter().take_while(|_| !stop.is_cancelled()) {
        beat.beat();
        complete(state, order).await?;
    }
    Ok(due.len())
}

async fn complete(state: &AppState, due: &Due) -> Result<(), OrderError> {
    let (id, from, at) = (&due.id, OrderStatus::Shipped, state.clock.now());
    let done = OrderDone {
        order_id: id.clone(),
        user_id: due.user_id,
    };
    let change = Change::new(id, from, OrderAction::ConfirmReceipt, Actor::Job, at)?;
    retry_transient(async || {
        let txn = begin_write(&state.db).await?;
        if changes::finish(&txn, &change).await? {
            outbox::add(&txn, at, &done).await?;
            tracing::info!(order.id = %id, "order {id} completed, its buyer said nothing");
        }
        Ok(txn.commit().await?)
    })
    .await
}
