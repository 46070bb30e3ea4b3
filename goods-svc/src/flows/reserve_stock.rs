//! Taking stock for an order: all lines or none, once per order, at the prices of that instant.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use common::contracts::ids::{OrderId, SkuId};
use common::contracts::internal_apis::goods::{ReserveOutcome, ReservedLine};
use common::crashpoint;
use common::db::{WriteTxn, begin_write, retry_transient};

use crate::domain::catalogue::SkuSnapshot;
use crate::domain::reservation::{ReservationState, StockLine, StockLines};
use crate::error::GoodsError;
use crate::state::AppState;
use crate::store::reservations::{self, NewReservation, PricedLine};
use crate::store::skus;
use crate::store::stock_log::{self, Cause};

/// How often a line is tried whose stock changes between the failed attempt and the look at why it failed.
const TAKE_TRIES: u32 = 3;

/// What an order asks for.
#[derive(Clone, Debug)]
pub(crate) struct ReserveRequest {
    /// Whose.
    pub(crate) order_id: OrderId,
    /// What to take.
    pub(crate) lines: StockLines,
    /// When to ask what became of the order.
    pub(crate) hold_until: DateTime<Utc>,
}

/// Takes the stock, or says what is in the way. The same request again gives the same lines at the same prices; a
/// request that took nothing is judged anew.
pub(crate) async fn reserve_stock(
    state: &AppState,
    request: &ReserveRequest,
) -> Result<ReserveOutcome, GoodsError> {
    retry_transient(|| attempt(state, request)).await
}

async fn attempt(state: &AppState, request: &ReserveRequest) -> Result<ReserveOutcome, GoodsError> {
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
        if let Some(refusal) = take(&txn, line).await? {
            txn.rollback().await?;
            return Ok(refusal);
        }
    }
    // Read after the updates: the rows are ours now, so these are the prices at which the pieces were taken.
    let snapshots = skus::snapshots(&txn, &lines.sku_ids()).await?;
    let priced = price(lines, &snapshots)?;
    reservations::insert_lines(&txn, order_id, &priced).await?;
    let deltas = lines.iter().map(|line| (line.sku_id, -line.count));
    stock_log::insert(&txn, Cause::Reserved(order_id), deltas, now).await?;
    crashpoint!("reserve_before_commit");
    txn.commit().await?;
    crashpoint!("reserve_after_commit");
    tracing::debug!(order.id = %order_id, "stock reserved for order {order_id}");
    Ok(ReserveOutcome::Reserved {
        lines: reserved_lines(&priced, &snapshots)?,
    })
}

/// Takes one line. `None` when it is taken.
async fn take(txn: &WriteTxn, line: StockLine) -> Result<Option<ReserveOutcome>, GoodsError> {
    let sku_id = line.sku_id;
    for _ in 0..TAKE_TRIES {
        if skus::take_stock(txn, line).await? {
            return Ok(None);
        }
        match skus::launched_stock(txn, sku_id).await? {
            None => return Ok(Some(ReserveOutcome::NotLaunched { sku_id })),
            Some(available) if available < line.count => {
                return Ok(Some(ReserveOutcome::OutOfStock { sku_id, available }));
            }
            // Given back by another order since.
            Some(_) => {}
        }
    }
    Err(GoodsError::Contended(sku_id))
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
            Ok(ReserveOutcome::Reserved {
                lines: reserved_lines(&priced, &snapshots)?,
            })
        }
    }
}

fn price(
    lines: &StockLines,
    snapshots: &BTreeMap<SkuId, SkuSnapshot>,
) -> Result<Vec<PricedLine>, GoodsError> {
    let priced = lines.iter().map(|line| {
        let snapshot = snapshots.get(&line.sku_id).ok_or(GoodsError::SkuNotFound)?;
        Ok(PricedLine {
            line,
            price: snapshot.card.price,
        })
    });
    priced.collect()
}

fn reserved_lines(
    priced: &[PricedLine],
    snapshots: &BTreeMap<SkuId, SkuSnapshot>,
) -> Result<Vec<ReservedLine>, GoodsError> {
    let lines = priced.iter().map(|PricedLine { line, price }| {
        let snapshot = snapshots.get(&line.sku_id).ok_or(GoodsError::SkuNotFound)?;
        Ok(ReservedLine {
            sku_id: line.sku_id,
            count: line.count,
            price: *price,
            name: snapshot.card.name.clone(),
            image: snapshot.card.image.clone(),
            attr_names: snapshot.attr_names.clone(),
            attr_values: snapshot.attr_values.clone(),
        })
    });
    lines.collect()
}
