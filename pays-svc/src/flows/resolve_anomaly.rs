//! A member of staff has dealt with an anomaly, and says how.

use common::db::{begin_write, retry_transient};

use crate::domain::staff::{Act, Clerk};
use crate::error::PayError;
use crate::state::AppState;
use crate::store::{anomalies, staff_acts};

/// Closes it; refused when it is not open.
pub(crate) async fn resolve_anomaly(state: &AppState, id: i64, clerk: &Clerk) -> Result<(), PayError> {
    retry_transient(|| resolve(state, id, clerk)).await?;
    tracing::info!(
        anomaly.id = id,
        user.id = clerk.user_id.0,
        "anomaly {id} resolved"
    );
    Ok(())
}

async fn resolve(state: &AppState, id: i64, clerk: &Clerk) -> Result<(), PayError> {
    let now = state.clock.now();
    let txn = begin_write(&state.db).await?;
    let by = (clerk.username.as_str(), clerk.reason.as_str());
    if !anomalies::resolve(&txn, id, by, now).await? {
        return Err(PayError::AnomalyNotOpen(id));
    }
    staff_acts::add(&txn, (clerk, Act::ResolveAnomaly), &id.to_string(), now).await?;
    Ok(txn.commit().await?)
}
