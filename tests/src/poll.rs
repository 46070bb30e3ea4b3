//! Waiting for something to become true, with a deadline and never by a fixed sleep.

use std::fmt::Display;
use std::future::Future;
use std::time::{Duration, Instant};

/// How long a step may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

const PAUSE: Duration = Duration::from_millis(25);

/// Polls `probe` until it gives a value; fails the test with `what` after [`PATIENCE`].
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: impl Display, probe: impl FnMut() -> F) -> T {
    within(PATIENCE, what, probe).await
}

/// Polls `probe` until it gives a value; fails the test with `what` after `limit`.
pub async fn within<T, F: Future<Output = Option<T>>>(
    limit: Duration,
    what: impl Display,
    mut probe: impl FnMut() -> F,
) -> T {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(value) = probe().await {
            return value;
        }
        assert!(Instant::now() < deadline, "not within {limit:?}: {what}");
        tokio::time::sleep(PAUSE).await;
    }
}
