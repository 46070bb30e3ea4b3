//! Hides an order that is over from its buyer's lists; staff see it still.

use common::contracts::ids::{OrderId, UserId};
use common::db::{begin_write, retry_transient};

use crate::error::OrderError;
use crate::state::AppState;
use crate::store::changes::{self, Actor, Change};
use crate::store::orders;

/// Hides the buyer's own order. Hiding it again finds none.
pub async fn hide_order(state: &AppState, user: UserId, id: &OrderId) -> Result<(), OrderError> {
    let order = orders::find_listed(state.db.reader(), user, id).await?;
    let order = order.ok_or(OrderError::NotFound)?;
    if !order.status.can_be_hidden() {
        return Err(OrderError::NotOver(order.status));
    }
    let change = Change::note(id, order.status, "Hide", Actor::Buyer(user), state.clock.now());
    let is_hidden = retry_transient(async || {
        let txn = begin_write(&state.db).await?;
        let is_hidden = changes::hide(&txn, &change).await?;
        txn.commit().await?;
        Ok::<_, OrderError>(is_hidden)
    })
    .await?;
    if is_hidden {
        Ok(())
    } else {
        Err(OrderError::NotFound)
    }
}
