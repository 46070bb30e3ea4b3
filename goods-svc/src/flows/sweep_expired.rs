//! Stock that is held longer than its order said: orders-svc is asked what became of the order, and its word is done.
//!
//! Events do this promptly; the sweep is for what an event could not do. Time alone decides nothing: an order that may
//! still be paid keeps its stock, and so does every order while orders-svc is silent.

use chrono::TimeDelta;
use common::contracts::ids::OrderId;
use common::contracts::internal_apis::orders::{OrderFate, OrdersClient};
use common::http_client::CallError;
use common::task::Heartbeat;
use tokio_util::sync::CancellationToken;

use crate::error::GoodsError;
use crate::flows::mark_sold::mark_sold;
use crate::flows::release_stock::release_stock;
use crate::state::AppState;
use crate::store::reservations;

/// Reservations looked at in one go.
pub(crate) const BATCH: usize = 100;
/// When a reservation is looked at again, should the order still be open or our work not come to its end.
const LOOK_AGAIN_AFTER: TimeDelta = TimeDelta::seconds(60);

/// Why a sweep stopped early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SweepError {
    #[error(transparent)]
    Goods(#[from] GoodsError),
    #[error("orders-svc does not say what became of an order")]
    Silent(#[from] CallError),
}

/// Looks at expired reservations, the longest expired first; answers how many there were, at most [`BATCH`].
pub(crate) async fn sweep_expired(
    state: &AppState,
    orders: &OrdersClient,
    stop: &CancellationToken,
    heartbeat: &Heartbeat,
) -> Result<usize, SweepError> {
    let now = state.clock.now();
    let expired = reservations::expired(state.db.reader(), now, BATCH)
        .await
        .map_err(GoodsError::from)?;
    for order_id in &expired {
        if stop.is_cancelled() {
            break;
        }
        heartbeat.beat();
        settle(state, orders, order_id).await?;
    }
    Ok(expired.len())
}

async fn settle(state: &AppState, orders: &OrdersClient, order_id: &OrderId) -> Result<(), SweepError> {
    let now = state.clock.now();
    let claimed = reservations::postpone(state.db.writer(), order_id, now, now + LOOK_AGAIN_AFTER).await;
    if !claimed.map_err(GoodsError::from)? {
        // Another replica looks at it, or an event has settled it.
        return Ok(());
    }
    let fate = orders.fate(order_id).await?;
    match fate {
        OrderFate::Open => {}
        OrderFate::Paid => mark_sold(state, order_id, None).await?,
        OrderFate::Dead | OrderFate::Unknown => release_stock(state, order_id, None).await?,
    }
    tracing::info!(order.id = %order_id, ?fate, "expired reservation of order {order_id}: it is {fate:?}");
    Ok(())
}
