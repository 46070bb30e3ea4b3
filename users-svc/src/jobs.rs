//! Work that a timer begins: copying the epochs of accounts to where every process reads them.

use std::time::Duration;

use common::task::{Heartbeat, Tasks, pause_unless_stopped};

use crate::flows::revoke_tokens::{CopyError, copy_epochs};
use crate::state::AppState;

/// A revocation that was not announced, or that the store forgot, is made up for within this time.
const COPY_EACH: Duration = Duration::from_secs(2);

/// Starts the timers.
pub fn start(state: &AppState, tasks: &Tasks) -> Vec<Heartbeat> {
    let state = state.clone();
    let copying = tasks.supervise("token epochs", move |stop, beat| {
        let state = state.clone();
        async move {
            let mut since = None;
            while !stop.is_cancelled() {
                since = Some(copy_epochs(&state, since).await?);
                beat.beat();
                pause_unless_stopped(&stop, COPY_EACH).await;
            }
            Ok::<_, CopyError>(())
        }
    });
    vec![copying]
}
