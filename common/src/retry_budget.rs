//! How often a call may be repeated: about once per ten calls, so that a sick service is not drowned in repeated ones
//! (reliability F27).

use std::sync::atomic::{AtomicI64, Ordering};

/// Savings for this many repetitions in a row.
const SAVED_RETRIES: i64 = 20;
/// What a repetition costs; a call earns 1.
const RETRY_COST: i64 = 10;

/// The savings.
#[derive(Debug)]
pub struct RetryBudget(AtomicI64);

impl std::default::Default for RetryBudget {
    fn default() -> Self {
        Self(AtomicI64::new(SAVED_RETRIES * RETRY_COST))
    }
}

impl RetryBudget {
    /// A call is made.
    pub fn deposit(&self) {
        if self.0.load(Ordering::Relaxed) < SAVED_RETRIES * RETRY_COST {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A call is to be repeated: whether it may.
    pub fn withdraw(&self) -> bool {
        let taken = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            (left >= RETRY_COST).then(|| left - RETRY_COST)
        });
        taken.is_ok()
    }
}
