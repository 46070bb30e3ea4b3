//! Giving an order's stock back: once, and only what is still held; the order can take none afterwards.

use common::contracts::ids::OrderId;
use common::db::{WriteTxn, begin_write, retry_transient};
use common::{crashpoint, inbox};
use uuid::Uuid;

use crate::domain::reservation::{ReservationAction, ReservationState};
use crate::error::GoodsError;
use crate::flows::CONSUMER;
use crate::state::AppState;
use crate::store::reservations::{self, NewReservation};
use crate::store::skus;
use crate::store::stock_log::{self, Cause};

/// Releases because `event` says that the order was cancelled, or because orders-svc asks itself. An order that took
/// nothing gets a tombstone, against a reservation that is still on its way.
pub(crate) async fn release_stock(
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
    let released = ReservationState::Held.apply(ReservationAction::Release)?;
    let tombstone = NewReservation {
        order_id,
        state: released,
        hold_until: None,
        now,
    };
    let was_held = reservations::change_state(&txn, order_id, ReservationState::Held, released, now).await?
        || (!reservations::insert_unless_known(&txn, tombstone).await?
            // Reserved between the two looks, unless it was released or sold long ago.
            && reservations::change_state(&txn, order_id, ReservationState::Held, released, now).await?);
    if was_held {
        return_lines(&txn, order_id, state).await?;
    }
    crashpoint!("release_before_commit");
    txn.commit().await?;
    crashpoint!("release_after_commit");
    tracing::debug!(order.id = %order_id, was_held, "stock of order {order_id} released");
    Ok(())
}

async fn return_lines(txn: &WriteTxn, order_id: &OrderId, state: &AppState) -> Result<(), GoodsError> {
    let mut deltas = Vec::new();
    for priced in reservations::lines(txn, order_id).await? {
        let line = priced.line;
        if skus::return_stock(txn, line).await? {
            deltas.push((Cause::Released(order_id), line.sku_id, line.count));
        } else {
            tracing::warn!(order.id = %order_id, sku.id = %line.sku_id, "sku {} is gone: nothing to give back", line.sku_id);
        }
    }
    Ok(stock_log::insert(txn, deltas, state.clock.now()).await?)
}
