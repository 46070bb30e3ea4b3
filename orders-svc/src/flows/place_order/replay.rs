//! Replaying: what a key's first request was answered (reliability §5.4).

use std::time::Duration;

use common::contracts::ids::UserId;
use tokio::time::Instant;

use super::PlacedOrder;
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::requests::{self, Claim};

/// Pause between two looks.
const POLL: Duration = Duration::from_millis(50);

/// The answer of the first request with this claim, waited for until `give_up`. `None` when there is no such
/// request, or it came to nothing.
pub async fn answer_of_first(
    state: &AppState,
    user: UserId,
    claim: Option<&Claim>,
    give_up: Instant,
) -> Result<Option<PlacedOrder>, OrderError> {
    let Some(claim) = claim else {
        return Ok(None);
    };
    loop {
        let Some(first) = requests::find_claimed(state.db.reader(), user, &claim.key).await? else {
            return Ok(None);
        };
        if first.request_hash.as_ref() != Some(&claim.request_hash) {
            return Err(OrderError::KeyReused);
        }
        if let Some(answer) = first.answer {
            return Ok(Some(serde_json::from_str(&answer)?));
        }
        if Instant::now() >= give_up {
            return Err(OrderError::InProgress);
        }
        tokio::time::sleep(POLL).await;
    }
}
