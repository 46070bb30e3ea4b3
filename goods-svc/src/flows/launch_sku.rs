//! Putting a SKU on sale, and taking it off.

use common::contracts::events::goods::SkuChanged;
use common::contracts::ids::SkuId;
use common::db::{begin_write, retry_transient};
use common::identity::Caller;

use crate::domain::fixture::Model;
use crate::domain::staff_edit::{BadEdit, difference};
use crate::error::GoodsError;
use crate::flows::staff::{self, Deed, Versioned};
use crate::state::AppState;
use crate::store::fixture::edit;
use crate::store::{skus, variants};

/// Whether buyers can have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Launch {
    /// On sale.
    On,
    /// Not any more.
    Off,
}

/// Sets whether the SKU is for sale; as it was already is well.
pub(crate) async fn launch_sku(
    state: &AppState,
    author: &Caller,
    sku_id: SkuId,
    launch: Launch,
) -> Result<Versioned, GoodsError> {
    retry_transient(|| attempt(state, author, sku_id, launch)).await
}

async fn attempt(
    state: &AppState,
    author: &Caller,
    sku_id: SkuId,
    launch: Launch,
) -> Result<Versioned, GoodsError> {
    let (model, pk) = (Model::Sku, sku_id.0);
    let txn = begin_write(&state.db).await?;
    if !edit::lock(&txn, model, pk).await? {
        return Err(GoodsError::RowNotFound);
    }
    let before = staff::current(&txn, model, pk).await?;
    if launch == Launch::On
        && let Some(attribute_id) = variants::attribute_without_value(&txn, sku_id).await?
    {
        return Err(BadEdit::NoValue(attribute_id).into());
    }
    let is_launched = launch == Launch::On;
    if !skus::set_launched(&txn, sku_id, is_launched, state.clock.now()).await? {
        txn.rollback().await?;
        return Ok(before.try_into()?);
    }
    let after = staff::current(&txn, model, pk).await?;
    let deed = Deed {
        author,
        action: if is_launched { "launch" } else { "unlaunch" },
        model,
        pk,
        reason: None,
    };
    let (was, is) = difference(&before.fields()?, &after.fields()?);
    deed.record(state, &txn, Some(was), Some(is)).await?;
    let change = staff::affected_since(state, &txn, (model, pk), SkuChanged::default()).await?;
    staff::commit(state, txn, change).await?;
    Ok(after.try_into()?)
}
