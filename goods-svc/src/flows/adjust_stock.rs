//! More or fewer pieces than the shop knows of, by hand and for a reason: a difference, so that sales meanwhile stand.

use common::contracts::events::goods::SkuChanged;
use common::contracts::ids::SkuId;
use common::db::{begin_write, retry_transient};
use common::identity::Caller;
use serde_json::{Map, Value};

use crate::domain::fixture::Model;
use crate::domain::staff_edit::check_adjustment;
use crate::error::GoodsError;
use crate::flows::staff::{self, Deed};
use crate::state::AppState;
use crate::store::skus;
use crate::store::stock_log::{self, Cause};

/// Adds `delta` pieces, or takes them when negative; answers how many there are then. Never below zero.
pub(crate) async fn adjust_stock(
    state: &AppState,
    author: &Caller,
    (sku_id, delta): (SkuId, i64),
    reason: &str,
) -> Result<i64, GoodsError> {
    check_adjustment(delta, reason)?;
    retry_transient(|| attempt(state, author, (sku_id, delta), reason)).await
}

async fn attempt(
    state: &AppState,
    author: &Caller,
    (sku_id, delta): (SkuId, i64),
    reason: &str,
) -> Result<i64, GoodsError> {
    let txn = begin_write(&state.db).await?;
    let is_adjusted = skus::add_stock(&txn, sku_id, delta).await?;
    let stock = skus::stock(&txn, sku_id).await?.ok_or(GoodsError::RowNotFound)?;
    if !is_adjusted {
        return Err(GoodsError::StockTooLow { stock });
    }
    let changes = [(Cause::Adjusted(reason), sku_id, delta)];
    stock_log::insert(&txn, changes, state.clock.now()).await?;
    let deed = Deed {
        author,
        action: "adjust_stock",
        model: Model::Sku,
        pk: sku_id.0,
        reason: Some(reason),
    };
    let of = |stock: i64| Map::from_iter([("stock".to_owned(), Value::from(stock))]);
    deed.record(state, &txn, Some(of(stock - delta)), Some(of(stock)))
        .await?;
    let change = SkuChanged {
        sku_ids: vec![sku_id],
        ..SkuChanged::default()
    };
    staff::commit(state, txn, change).await?;
    Ok(stock)
}
