//! Forgets idempotency keys and their answers after two days.

use chrono::TimeDelta;

use crate::domain::order_id::lower_bound;
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::requests;

/// How long a key is honoured (reliability §5.4).
const KEPT: TimeDelta = TimeDelta::hours(48);
/// How far back old keys are looked for; what an outage of days left beyond that may stay.
const LOOKED_BACK: TimeDelta = TimeDelta::hours(24);
/// Orders of one statement.
const BATCH: u64 = 200;
/// Statements of one round.
const ROUNDS: usize = 50;

/// Clears the keys that fell due since the last rounds.
pub async fn forget_keys(state: &AppState) -> Result<(), OrderError> {
    let until = state.clock.now() - KEPT;
    let (from, until) = (lower_bound(until - LOOKED_BACK), lower_bound(until));
    for _ in 0..ROUNDS {
        if requests::forget_keys(&state.db, (&from, &until), BATCH).await? == 0 {
            break;
        }
    }
    Ok(())
}
