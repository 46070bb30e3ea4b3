//! Taking stock for an order: all lines or none, once per order, at the prices of that instant.
//!
//! `alone` is the transaction of one order, `take` how it takes a line; `together` is the transaction that concurrent
//! orders share.

mod alone;
mod take;
mod together;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use common::batcher::{Batcher, Limits, NoAnswer};
use common::contracts::ids::{OrderId, SkuId};
use common::contracts::internal_apis::goods::{ReserveOutcome, ReservedLine};
use common::db::retry_transient;

use crate::domain::catalogue::SkuSnapshot;
use crate::domain::reservation::{Shortage, StockLines};
use crate::domain::stock_strategy::StockStrategy;
use crate::error::GoodsError;
use crate::settings::StockSettings;
use crate::state::AppState;
use crate::store::reservations::PricedLine;

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

/// Where concurrent orders meet. An order that gets `None` is to be reserved alone.
pub(crate) type Together = Batcher<ReserveRequest, Option<ReserveOutcome>>;

/// Transactions of several orders at the same time: while one commits, the next is made.
const LANES: usize = 2;
/// Most orders that wait for theirs.
const QUEUE: usize = 1024;

/// The meeting place, as operators want it.
pub(crate) fn together(settings: StockSettings) -> Together {
    Batcher::new(Limits {
        lanes: LANES,
        batch_weight: settings.batch_lines,
        queue: QUEUE,
    })
}

/// Takes the stock, or says what is in the way. The same request again gives the same lines at the same prices; a
/// request that took nothing is judged anew.
pub(crate) async fn reserve_stock(
    state: &AppState,
    request: ReserveRequest,
) -> Result<ReserveOutcome, GoodsError> {
    match state.stock.strategy {
        StockStrategy::Conditional if state.stock.batch_lines > 0 => reserve_together(state, request).await,
        StockStrategy::Conditional | StockStrategy::Optimistic | StockStrategy::Pessimistic => {
            reserve_alone(state, &request).await
        }
    }
}

async fn reserve_alone(state: &AppState, request: &ReserveRequest) -> Result<ReserveOutcome, GoodsError> {
    retry_transient(|| alone::attempt(state, request)).await
}

async fn reserve_together(state: &AppState, request: ReserveRequest) -> Result<ReserveOutcome, GoodsError> {
    let (asked, weight) = (request.clone(), request.lines.len());
    let told = state
        .together
        .ask(asked, weight, |requests| together::reserve(state, requests));
    match told.await {
        Ok(Some(outcome)) => Ok(outcome),
        Err(NoAnswer::QueueFull) => Err(GoodsError::TooManyWait),
        // One order's trouble must not become another's. And should the transaction have been committed without our
        // hearing of it, this order's own reservation tells.
        Ok(None) | Err(NoAnswer::Lost) => reserve_alone(state, &request).await,
    }
}

impl From<Shortage> for ReserveOutcome {
    fn from(shortage: Shortage) -> Self {
        match shortage {
            Shortage::OutOfStock { sku_id, available } => Self::OutOfStock { sku_id, available },
            Shortage::NotLaunched { sku_id } => Self::NotLaunched { sku_id },
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

fn reserved(
    priced: &[PricedLine],
    snapshots: &BTreeMap<SkuId, SkuSnapshot>,
) -> Result<ReserveOutcome, GoodsError> {
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
    let lines: Result<_, GoodsError> = lines.collect();
    Ok(ReserveOutcome::Reserved { lines: lines? })
}
