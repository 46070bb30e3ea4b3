//! How long the caller of the request at hand still waits: handed from hop to hop, so that nobody works for nobody.

use std::future::Future;
use std::time::{Duration, Instant};

/// The header in which the remaining milliseconds travel (reliability §5.12).
pub const HEADER: &str = "x-deadline-ms";

tokio::task_local! {
    static DEADLINE: Instant;
}

/// Runs `work` for a caller who waits `remaining` longer. Nothing is cut off: calls made inside wait no longer.
pub async fn scope<F: Future>(remaining: Duration, work: F) -> F::Output {
    DEADLINE.scope(Instant::now() + remaining, work).await
}

/// `limit`, or less when the caller waits less.
pub fn within(limit: Duration) -> Duration {
    match DEADLINE.try_with(|deadline| deadline.saturating_duration_since(Instant::now())) {
        Ok(remaining) => remaining.min(limit),
        Err(_no_caller_waits) => limit,
    }
}
