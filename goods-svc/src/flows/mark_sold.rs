//! A paid order's stock is sold: from here on nothing gives it back.

use common::contracts::ids::OrderId;
use common::db::{begin_write, retry_transient};
use common::{crashpoint, inbox};
use uuid::Uuid;

use crate::domain::reservation::{ReservationAction, ReservationState};
use crate::error::GoodsError;
use crate::flows::CONSUMER;
use crate::state::AppState;
use crate::store::reservations;

/// Marks the order's reservation sold because `event` says that the order is paid, or because orders-svc said so when
/// it was asked. Sold already is well; released, or never reserved, is an error that someone must look at.
pub(crate) async fn mark_sold(
    state: &AppState,
    order_id: &OrderId,
    event: Option<Uuid>,
) -> Result<(), GoodsError> {
    retry_transient(|| attempt(state, order_id, event)).await
}

async fn attempt(state: &AppState, order_id: &OrderId, event: Option<Uuid>) -> Result<(), GoodsError> {
    let now = state.clock.now();
    let txn = begin_write(&state.db).await?;
    if let Some(event) = event
        && !inbox::first_time(&txn, CONSUMER, event, now).await?
    {
        return Ok(txn.rollback().await?);
    }
    let sold = ReservationState::Held.apply(ReservationAction::Sell)?;
    if !reservations::change_state(&txn, order_id, ReservationState::Held, sold, now).await? {
        let current = reservations::find_state(&txn, order_id).await?;
        let current = current.ok_or_else(|| GoodsError::NoReservation(order_id.clone()))?;
        if current != sold {
            current.apply(ReservationAction::Sell)?;
        }
    }
    crashpoint!("mark_sold_before_commit");
    txn.commit().await?;
    crashpoint!("mark_sold_after_commit");
    Ok(())
}
