//! Timers: they cancel unpaid orders, complete shipped ones, heal half-made ones and forget old keys. Every replica
//! runs them; claims share the work.

use std::time::Duration;

use chrono::TimeDelta;
use common::task::{Heartbeat, Tasks, pause_unless_stopped};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::OrderError;
use crate::flows::cancel_expired::{self, cancel_expired};
use crate::flows::complete_shipped::{self, complete_shipped};
use crate::flows::forget_keys::forget_keys;
use crate::flows::heal_half_made::{self, heal_half_made};
use crate::state::AppState;

/// Pause between two looks for old keys.
const FORGET_EVERY: Duration = Duration::from_secs(10 * 60);
/// How far back a look goes; what was missed longer ago is found at the next start.
const LOOKED_BACK: TimeDelta = TimeDelta::hours(1);
/// How far back the first look goes.
const LOOKED_BACK_AT_START: TimeDelta = TimeDelta::days(7);

/// Starts them all.
pub fn start(state: &AppState, tasks: &Tasks) -> Vec<Heartbeat> {
    let of = |state: &AppState| state.clone();
    let (unpaid, shipped, half_made, keys) = (of(state), of(state), of(state), of(state));
    vec![
        tasks.supervise("orders expiry", move |stop, beat| {
            expire(unpaid.clone(), stop, beat)
        }),
        tasks.supervise("orders completion", move |stop, beat| {
            complete(shipped.clone(), stop, beat)
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
        if cancel_expired(&state, &stop, &beat).await? < cancel_expired::BATCH {
            pause_unless_stopped(&stop, state.settings.job_interval).await;
        }
    }
    Ok(())
}

async fn complete(state: AppState, stop: CancellationToken, beat: Heartbeat) -> Result<(), OrderError> {
    while !stop.is_cancelled() {
        beat.beat();
        if complete_shipped(&state, &stop, &beat).await? < complete_shipped::BATCH {
            pause_unless_stopped(&stop, state.settings.job_interval).await;
        }
    }
    Ok(())
}

async fn heal(state: AppState, stop: CancellationToken, beat: Heartbeat) -> Result<(), OrderError> {
    while !stop.is_cancelled() {
        beat.beat();
        if heal_half_made(&state, &stop, &beat).await? < heal_half_made::BATCH {
            pause_unless_stopped(&stop, state.settings.job_interval).await;
        }
    }
    Ok(())
}

async fn forget(state: AppState, stop: CancellationToken, beat: Heartbeat) -> Result<(), OrderError> {
    forget_keys(&state, LOOKED_BACK_AT_START).await?;
    let mut looked_at = Instant::now();
    while !stop.is_cancelled() {
        beat.beat();
        if looked_at.elapsed() > FORGET_EVERY {
            forget_keys(&state, LOOKED_BACK).await?;
            looked_at = Instant::now();
        }
        pause_unless_stopped(&stop, Duration::from_secs(5)).await;
    }
    Ok(())
}
