//! Heals half-made orders: checkouts whose process died, or that could not be undone at once, are rolled back.

use std::time::Duration;

use chrono::TimeDelta;
use common::deadline;
use common::task::Heartbeat;
use tokio_util::sync::CancellationToken;

use super::place_order::{HalfMade, Held, undo};
use crate::domain::order_state::OrderStatus;
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::changes::Actor;
use crate::store::claims;

/// Orders of one round.
pub const BATCH: usize = 100;
/// What the calls of one rollback may take together.
const CALLS: Duration = Duration::from_secs(6);
/// How long a replica keeps an order to itself: above its calls and the 3 s that a lock may take. Should the replica
/// die, another one goes on this soon; should it be slow instead, giving back twice is giving back once.
const CLAIM: TimeDelta = TimeDelta::seconds(10);

/// Works on one batch, unless `stop` is raised; answers how many orders were due.
///
/// The claim also bars a slow checkout from completing an order whose stock is being given back.
pub async fn heal_half_made(
    state: &AppState,
    stop: &CancellationToken,
    beat: &Heartbeat,
) -> Result<usize, OrderError> {
    let now = state.clock.now();
    let due = claims::half_made(&state.db, now - state.settings.checkout_timeout, now, BATCH).await?;
    for order in due.iter().take_while(|_| !stop.is_cancelled()) {
        beat.beat();
        let now = state.clock.now();
        if !claims::claim(&state.db, &order.id, OrderStatus::Creating, (now, now + CLAIM)).await? {
            continue;
        }
        let half_made = HalfMade {
            order_id: &order.id,
            user_id: order.user_id,
            held: Held {
                lines: true,
                stock: true,
            },
        };
        match deadline::scope(CALLS, undo(state, half_made, Actor::Job)).await {
            Ok(()) => tracing::info!(order.id = %order.id, "half-made order {} rolled back", order.id),
            Err(error) => {
                tracing::warn!(order.id = %order.id, ?error, "order {} not rolled back, will be tried again", order.id);
            }
        }
    }
    Ok(due.len())
}
