//! Timers: they cancel unpaid orders, heal half-made ones and forget old keys. Every replica runs them; claims share
//! the work.

use std::time::Duration;

use common::task::{Heartbeat, Tasks, pause_unless_stopped};
use tokio_util::sync::CancellationToken;

use crate::error::OrderError;
use crate::flows::cancel_expired::cancel_expired;
use crate::flows::forget_keys::forget_keys;
use crate::flows::heal_half_made::heal_half_made;
use crate::state::AppState;

/// Pause between two looks for old keys.
const FORGET_EVERY: Duration = Duration::from_secs(10 * 60);

/// Starts them all.
pub fn start(state: &AppState, tasks: &Tasks) -> Vec<Heartbeat> {
    let of = |state: &AppState| state.clone();
    let (unpaid, half_made, keys) = (of(state), of(state), of(state));
    vec![
        tasks.supervise("orders expiry", move |stop, beat| {
            expire(unpaid.clone(), stop, beat)
        }),
        tasks.supervise("orders healing", move |stop, beat| {
            heal(half_made.clone(), stop, beat)
        }),
        tasks.supervise("orders keys", move |stop, beat| forget(keys.clone(), stop, beat)),
    ]
}

async fn expire(state: AppState, stop: CancellationToken, beat: Heartbeat) -> Result<(), OrderError> {
    while !stop.is_cancelled() {
        beat.beat();
        state.clock.follow(state.db.now().await?);
        cancel_expired(&state, &beat).await?;
        pause_unless_stopped(&stop, state.settings.job_interval).await;
    }
    Ok(())
}

async fn heal(state: AppState, stop: CancellationToken, beat: Heartbeat) -> Result<(), OrderError> {
    while !stop.is_cancelled() {
        beat.beat();
        heal_half_made(&state, &beat).await?;
        pause_unless_stopped(&stop, state.settings.job_interval).await;
    }
    Ok(())
}

async fn forget(state: AppState, stop: CancellationToken, beat: Heartbeat) -> Result<(), OrderError> {
    forget_keys(&state).await?;
    let looked_at = tokio::time::Instant::now();
    while looked_at.elapsed() < FORGET_EVERY && !stop.is_cancelled() {
        beat.beat();
        pause_unless_stopped(&stop, Duration::from_secs(5)).await;
    }
    Ok(())
}
