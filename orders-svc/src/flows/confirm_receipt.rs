//! Confirms receipt: the buyer has the parcel, the order is done.

use common::contracts::events::orders::OrderDone;
use common::contracts::ids::{OrderId, UserId};
use common::db::{begin_write, retry_transient};
use common::{crashpoint, outbox};

use crate::domain::order_state::{IllegalTransition, OrderAction, OrderStatus};
use crate::domain::receipt_match::{NamedOrder, by_rounded};
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::changes::{self, Actor, Change};
use crate::store::orders;

/// Confirms the buyer's order that `named` means.
pub async fn confirm_receipt(state: &AppState, user: UserId, named: &NamedOrder) -> Result<(), OrderError> {
    let (id, status) = find(state, user, named)
        .await?
        .ok_or(OrderError::NotFoundToConfirm)?;
    let (actor, at) = (Actor::Buyer(user), state.clock.now());
    let change = Change::new(&id, status, OrderAction::ConfirmReceipt, actor, at)?;
    let done = OrderDone {
        order_id: id.clone(),
        user_id: user,
    };
    let is_done = retry_transient(async || {
        let txn = begin_write(&state.db).await?;
        let is_done = changes::finish(&txn, &change).await?;
        if is_done {
            outbox::add(&txn, at, &done).await?;
        }
        crashpoint!("confirm_receipt_before_commit");
        txn.commit().await?;
        Ok::<_, OrderError>(is_done)
    })
    .await?;
    if !is_done {
        // A second click was faster.
        let (from, action) = (OrderStatus::Done, OrderAction::ConfirmReceipt);
        return Err(IllegalTransition { from, action }.into());
    }
    tracing::info!(order.id = %id, "order {id} received");
    Ok(())
}

/// Exactly the order named, else the one on its way whose id became that number in a page (contract §6.1).
async fn find(
    state: &AppState,
    user: UserId,
    named: &NamedOrder,
) -> Result<Option<(OrderId, OrderStatus)>, OrderError> {
    let db = state.db.reader();
    if let Some(id) = &named.exact
        && let Some(order) = orders::find_own(db, user, id).await?
    {
        return Ok(Some((order.id, order.status)));
    }
    let Some(number) = named.rounded else {
        return Ok(None);
    };
    let shipped = orders::shipped_ids(db, user).await?;
    Ok(by_rounded(&shipped, number).map(|id| (id.clone(), OrderStatus::Shipped)))
}
