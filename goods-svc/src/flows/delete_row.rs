//! Removing a row of the catalogue that nothing needs any more.

use common::contracts::ids::SkuId;
use common::db::{begin_write, retry_transient};
use common::identity::Caller;

use crate::domain::fixture::{Model, Row};
use crate::error::GoodsError;
use crate::flows::change_row::seen;
use crate::flows::staff::{self, Deed};
use crate::state::AppState;
use crate::store::affected::{affected, stamp};
use crate::store::fixture::edit;
use crate::store::stock_log::{self, Cause};

/// Removes the row, if it is still the one that `version` names.
pub(crate) async fn delete_row(
    state: &AppState,
    author: &Caller,
    row: (Model, i64),
    version: &str,
) -> Result<(), GoodsError> {
    retry_transient(|| attempt(state, author, row, version)).await
}

async fn attempt(
    state: &AppState,
    author: &Caller,
    (model, pk): (Model, i64),
    version: &str,
) -> Result<(), GoodsError> {
    let txn = begin_write(&state.db).await?;
    let before = seen(&txn, model, pk, version).await?;
    if edit::is_needed(&txn, model, pk).await? {
        return Err(GoodsError::RowNeeded);
    }
    let change = affected(&txn, model, pk).await?;
    stamp(&txn, model, pk, state.clock.now()).await?;
    if let Row::Sku(sku) = &before.row
        && sku.stock.0 != 0
    {
        let gone = [(Cause::Adjusted("sku deleted"), SkuId(pk), -sku.stock.0)];
        stock_log::insert(&txn, gone, state.clock.now()).await?;
    }
    edit::delete(&txn, model, pk).await?;
    let deed = Deed {
        author,
        action: "delete",
        model,
        pk,
        reason: None,
    };
    deed.record(state, &txn, Some(before.fields()?), None).await?;
    staff::commit(state, txn, change).await
}
