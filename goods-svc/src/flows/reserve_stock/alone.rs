//! The transaction of one order, and what an order is told that asks again.

use common::contracts::internal_apis::goods::ReserveOutcome;
use common::crashpoint;
use common::db::{WriteTxn, begin_write};

use super::{ReserveRequest, price, reserved, take};
use crate::domain::reservation::ReservationState;
use crate::error::GoodsError;
use crate::state::AppState;
use crate::store::reservations::{self, NewReservation};
use crate::store::skus;
use crate::store::stock_log::{self, Cause};

pub(super) async fn attempt(
    state: &AppState,
    request: &ReserveRequest,
) -> Result<ReserveOutcome, GoodsError> {
    let ReserveRequest {
        order_id,
        lines,
        hold_until,
    } = request;
    let now = state.clock.now();
    let txn = begin_write(&state.db).await?;
    let new = NewReservation {
        order_id,
        state: ReservationState::Held,
        hold_until: Some(*hold_until),
        now,
    };
    if !reservations::insert_unless_known(&txn, new).await? {
        let outcome = known_outcome(&txn, request).await;
        txn.rollback().await?;
        return outcome;
    }
    for line in lines.iter() {
        if let Some(shortage) = take::take(&txn, line, state.stock.strategy).await? {
            txn.rollback().await?;
            return Ok(shortage.into());
        }
    }
    // Read after the updates: the rows are ours now, so these are the prices at which the pieces were taken.
    let snapshots = skus::snapshots(&txn, &lines.sku_ids()).await?;
    let priced = price(lines, &snapshots)?;
    let rows = priced.iter().map(|priced| (order_id, *priced));
    reservations::insert_lines(&txn, rows).await?;
    let deltas = lines
        .iter()
        .map(|line| (Cause::Reserved(order_id), line.sku_id, -line.count));
    stock_log::insert(&txn, deltas, now).await?;
    crashpoint!("reserve_before_commit");
    txn.commit().await?;
    crashpoint!("reserve_after_commit");
    tracing::debug!(order.id = %order_id, "stock reserved for order {order_id}");
    reserved(&priced, &snapshots)
}

/// What the order was told before. Its prices are those of then; names and pictures those of now.
async fn known_outcome(txn: &WriteTxn, request: &ReserveRequest) -> Result<ReserveOutcome, GoodsError> {
    let order_id = &request.order_id;
    match reservations::find_state(txn, order_id).await? {
        None => Err(GoodsError::NoReservation(order_id.clone())),
        Some(ReservationState::Released) => Ok(ReserveOutcome::Released),
        Some(ReservationState::Held | ReservationState::Sold) => {
            let priced = reservations::lines(txn, order_id).await?;
            if !priced.iter().map(|priced| priced.line).eq(request.lines.iter()) {
                return Err(GoodsError::OtherLines(order_id.clone()));
            }
            let snapshots = skus::snapshots(txn, &request.lines.sku_ids()).await?;
            reserved(&priced, &snapshots)
        }
    }
}
