//! Tells every process that a user's earlier tokens are refused, and tells them again when they forgot.

use chrono::{DateTime, TimeDelta, Utc};
use common::contracts::ids::UserId;
use common::kv::KvError;
use common::token::USER_TOKEN_SECONDS;
use sea_orm::DbErr;

use crate::error::UserError;
use crate::kv_keys;
use crate::state::AppState;
use crate::store::tokens::{self, PAGE, Revocation};

/// How long after its transaction began a revocation may become visible to readers.
const LATEST_COMMIT: TimeDelta = TimeDelta::seconds(15);

/// Why copies of epochs were not written.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error("database failed")]
    Database(#[from] DbErr),
    #[error("copies not stored")]
    Store(#[from] KvError),
}

/// Tells of a revocation that is committed. Should that fail, the job that copies epochs does it seconds later.
pub async fn announce(state: &AppState, user: UserId, epoch: Option<i64>) -> Result<(), UserError> {
    let epoch = epoch.ok_or(UserError::CallerUnknown)?;
    if let Err(error) = state.epochs.raise(user, epoch).await {
        tracing::warn!(user.id = %user, ?error, "revocation of user {user} not announced yet");
    }
    Ok(())
}

/// Copies the epochs that changed since `since`, or all that matter when the store lost its memory, and answers from
/// when the next round has to begin.
pub async fn copy_epochs(state: &AppState, since: Option<DateTime<Utc>>) -> Result<DateTime<Utc>, CopyError> {
    let now = state.clock.now();
    let oldest = now - TimeDelta::seconds(USER_TOKEN_SECONDS) - LATEST_COMMIT;
    let has_copies = kv_keys::has_epoch_copies(&state.kv).await?;
    if !has_copies {
        // Noted first: a store that loses its memory again meanwhile is noticed in the next round.
        kv_keys::note_epoch_copies(&state.kv).await?;
    }
    let since = since.filter(|_| has_copies).unwrap_or(oldest).max(oldest);
    let mut last: Option<Revocation> = None;
    loop {
        let page = tokens::revoked_since(state.db.reader(), since, last).await?;
        for revocation in &page {
            state.epochs.raise(revocation.user, revocation.epoch).await?;
        }
        last = page.last().copied();
        if u64::try_from(page.len()).unwrap_or(PAGE) < PAGE {
            return Ok(now - LATEST_COMMIT);
        }
    }
}
