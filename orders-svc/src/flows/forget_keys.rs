//! Forgets idempotency keys and their answers after two days.

use chrono::TimeDelta;

use crate::domain::order_id::lower_bound;
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::requests;

/// How long a key is honoured (reliability §5.4).
const KEPT: TimeDelta = TimeDelta::hours(48);
/// Orders of one statement.
const BATCH: u64 = 200;
/// Statements of one round.
const ROUNDS: usize = 50;

/// Clears the keys that fell due within the last `span`.
pub async fn forget_keys(state: &AppState, span: TimeDelta) -> Result<(), OrderError> {
    let until = state.clock.now() - KEPT;
    let (from, until) = (lower_bound(until - span), lower_bound(until));
    for _ in 0..ROUNDS {
        if requests::forget_keys(&state.db, (&from, &until), BATCH).await? == 0 {
            break;
        }
    }
    Ok(())
}
