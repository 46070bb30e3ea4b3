//! Adds a note of staff to an order's history; its buyer does not see it.

use common::contracts::ids::{OrderId, UserId};
use common::db::{begin_write, retry_transient};

use crate::error::OrderError;
use crate::state::AppState;
use crate::store::changes::{self, Actor, Change};
use crate::store::orders;

/// Adds it, whatever the order's status.
pub async fn add_note(state: &AppState, staff: UserId, id: &OrderId, words: &str) -> Result<(), OrderError> {
    let order = orders::find(state.db.reader(), id).await?;
    let order = order.ok_or(OrderError::NotFound)?;
    let (actor, at) = (Actor::Staff(staff), state.clock.now());
    let note = Change::note(id, order.status, "Note", actor, at).saying(words);
    retry_transient(async || {
        let txn = begin_write(&state.db).await?;
        changes::note(&txn, &note).await?;
        Ok(txn.commit().await?)
    })
    .await
}
