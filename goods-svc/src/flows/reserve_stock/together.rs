//! The transaction that concurrent orders share: their SKUs are locked in ascending order, the pieces shared out in
//! the order in which the orders came, and written with one statement a table.

use std::collections::{BTreeMap, BTreeSet};

use common::contracts::ids::{OrderId, SkuId};
use common::contracts::internal_apis::goods::ReserveOutcome;
use common::crashpoint;
use common::db::{WriteTxn, begin_write, retry_transient};

use super::{ReserveRequest, alone, price, reserved};
use crate::domain::catalogue::SkuSnapshot;
use crate::domain::reservation::{ReservationState, Shares, Shortage};
use crate::error::GoodsError;
use crate::state::AppState;
use crate::store::reservations::{self, NewReservation};
use crate::store::skus;
use crate::store::stock_log::{self, Cause};

/// What the orders are told, in their order; `None` of an order that must be reserved alone: one that is known
/// already, or any of them when the transaction failed. No answers at all mean the same.
pub(super) async fn reserve(state: &AppState, requests: Vec<ReserveRequest>) -> Vec<Option<ReserveOutcome>> {
    if let [request] = &*requests {
        return match alone::attempt(state, request).await {
            Ok(outcome) => vec![Some(outcome)],
            Err(error) => {
                tracing::debug!(?error, "order {} is tried once more", request.order_id);
                Vec::new()
            }
        };
    }
    match retry_transient(|| attempt(state, &requests)).await {
        Ok(outcomes) => outcomes,
        Err(error) => {
            tracing::warn!(?error, "{} orders could not be reserved together", requests.len());
            Vec::new()
        }
    }
}

/// An order and what the shares leave it.
type Judged<'a> = (&'a ReserveRequest, Option<Result<(), Shortage>>);

async fn attempt(
    state: &AppState,
    requests: &[ReserveRequest],
) -> Result<Vec<Option<ReserveOutcome>>, GoodsError> {
    let txn = begin_write(&state.db).await?;
    let known = reservations::known(&txn, requests.iter().map(|request| &request.order_id)).await?;
    let sku_ids: BTreeSet<SkuId> = requests
        .iter()
        .flat_map(|request| request.lines.sku_ids())
        .collect();
    let sku_ids: Vec<SkuId> = sku_ids.into_iter().collect();
    let mut shares = Shares::of(skus::lock_launched(&txn, &sku_ids).await?);
    let judged = judge(requests, known, &mut shares);
    let taken: Vec<SkuId> = shares.taken.keys().copied().collect();
    // Read while the rows are ours, so these are the prices at which the pieces are taken.
    let snapshots = skus::snapshots(&txn, &taken).await?;
    let outcomes = judged.iter().map(|judged| outcome(judged, &snapshots));
    let outcomes = outcomes.collect::<Result<Vec<_>, GoodsError>>()?;
    if shares.taken.is_empty() {
        txn.rollback().await?;
        return Ok(outcomes);
    }
    if !skus::take_all(&txn, &shares.taken).await? {
        return Err(GoodsError::Contended(taken[0]));
    }
    write(state, &txn, &judged, &snapshots).await?;
    crashpoint!("reserve_before_commit");
    txn.commit().await?;
    crashpoint!("reserve_after_commit");
    tracing::debug!("stock reserved for {} orders together", requests.len());
    Ok(outcomes)
}

fn judge<'a>(
    requests: &'a [ReserveRequest],
    known: BTreeSet<OrderId>,
    shares: &mut Shares,
) -> Vec<Judged<'a>> {
    let mut seen = known;
    let judged = requests.iter().map(|request| {
        let is_first = seen.insert(request.order_id.clone());
        (request, is_first.then(|| shares.take(&request.lines)))
    });
    judged.collect()
}

fn outcome(
    (request, judgement): &Judged<'_>,
    snapshots: &BTreeMap<SkuId, SkuSnapshot>,
) -> Result<Option<ReserveOutcome>, GoodsError> {
    match judgement {
        None => Ok(None),
        Some(Err(shortage)) => Ok(Some((*shortage).into())),
        Some(Ok(())) => reserved(&price(&request.lines, snapshots)?, snapshots).map(Some),
    }
}

/// Writes the reservations of those who got their pieces.
async fn write(
    state: &AppState,
    txn: &WriteTxn,
    judged: &[Judged<'_>],
    snapshots: &BTreeMap<SkuId, SkuSnapshot>,
) -> Result<(), GoodsError> {
    let now = state.clock.now();
    let served = || {
        let is_served = |(_, judgement): &&Judged<'_>| matches!(judgement, Some(Ok(())));
        judged.iter().filter(is_served).map(|(request, _)| *request)
    };
    let heads = served().map(|request| NewReservation {
        order_id: &request.order_id,
        state: ReservationState::Held,
        hold_until: Some(request.hold_until),
        now,
    });
    reservations::insert(txn, heads).await?;
    let mut lines = Vec::new();
    for request in served() {
        let priced = price(&request.lines, snapshots)?;
        lines.extend(priced.into_iter().map(|priced| (&request.order_id, priced)));
    }
    let deltas = lines.iter().map(|(order_id, priced)| {
        let line = priced.line;
        (Cause::Reserved(order_id), line.sku_id, -line.count)
    });
    stock_log::insert(txn, deltas, now).await?;
    Ok(reservations::insert_lines(txn, lines.iter().copied()).await?)
}
