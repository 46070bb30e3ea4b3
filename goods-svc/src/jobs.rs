//! Timers: expired reservations are settled, by claims that share the work among replicas; and the search index of each
//! replica follows the catalogue.

use std::time::Duration;

use common::contracts::internal_apis::orders::OrdersClient;
use common::task::{Heartbeat, Tasks, pause_unless_stopped};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::GoodsError;
use crate::flows::follow_catalogue;
use crate::flows::sweep_expired::{self, SweepError, sweep_expired};
use crate::state::AppState;

/// Pause between two looks at what has changed in the catalogue: search follows within two seconds.
const FOLLOW_EVERY: Duration = Duration::from_secs(1);
/// When all is read again: sales, which order hits, have moved, and rows may have gone without a trace.
const READ_AGAIN_AFTER: Duration = Duration::from_secs(15 * 60);

/// When all is read once more after many changes at once, some of which may have been on their way meanwhile.
const SETTLED_AFTER: Duration = Duration::from_secs(20);

/// Starts to build the search index, and to follow the catalogue with it.
pub(crate) fn start_search(state: &AppState, tasks: &Tasks) -> Heartbeat {
    let state = state.clone();
    tasks.supervise("goods search", move |stop, beat| {
        keep_index(state.clone(), stop, beat)
    })
}

async fn keep_index(state: AppState, stop: CancellationToken, beat: Heartbeat) -> Result<(), GoodsError> {
    let mut follower = follow_catalogue::build(&state, &beat).await?;
    let mut read_again_at = Instant::now() + READ_AGAIN_AFTER;
    while !stop.is_cancelled() {
        beat.beat();
        if !follow_catalogue::follow(&state, &mut follower).await? {
            follower = follow_catalogue::build(&state, &beat).await?;
            follower.skip_to_build();
            read_again_at = Instant::now() + SETTLED_AFTER;
        } else if Instant::now() >= read_again_at {
            follower = follow_catalogue::build(&state, &beat).await?;
            read_again_at = Instant::now() + READ_AGAIN_AFTER;
        }
        pause_unless_stopped(&stop, FOLLOW_EVERY).await;
    }
    Ok(())
}

/// Starts what asks orders-svc.
pub(crate) fn start_sweeper(state: &AppState, orders: OrdersClient, tasks: &Tasks) -> Heartbeat {
    let state = state.clone();
    tasks.supervise("goods sweeper", move |stop, beat| {
        sweep(state.clone(), orders.clone(), stop, beat)
    })
}

async fn sweep(
    state: AppState,
    orders: OrdersClient,
    stop: CancellationToken,
    beat: Heartbeat,
) -> Result<(), SweepError> {
    while !stop.is_cancelled() {
        beat.beat();
        if sweep_expired(&state, &orders, &stop, &beat).await? < sweep_expired::BATCH {
            pause_unless_stopped(&stop, state.stock.sweep_interval).await;
        }
    }
    Ok(())
}
