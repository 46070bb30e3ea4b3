//! Other fields for a row of the catalogue, unless somebody else has changed it meanwhile.

use common::db::{begin_write, retry_transient};
use common::identity::Caller;
use serde_json::{Map, Value};

use crate::domain::fixture::{Model, Stored};
use crate::domain::staff_edit::{Edit, check_fields, difference};
use crate::error::GoodsError;
use crate::flows::staff::{self, Deed, Versioned};
use crate::state::AppState;
use crate::store::affected::affected;
use crate::store::fixture::{self, edit};

/// What an editor wants.
#[derive(Clone, Debug)]
pub(crate) struct ChangeRequest {
    /// Which row.
    pub(crate) pk: i64,
    /// The version that the editor saw.
    pub(crate) version: String,
    /// The fields that are to differ; the others stay.
    pub(crate) fields: Map<String, Value>,
}

/// Changes the row and answers it. The same values again change nothing.
pub(crate) async fn change_row(
    state: &AppState,
    author: &Caller,
    model: Model,
    request: &ChangeRequest,
) -> Result<Versioned, GoodsError> {
    check_fields(model, Edit::Change, &request.fields)?;
    retry_transient(|| attempt(state, author, model, request)).await
}

async fn attempt(
    state: &AppState,
    author: &Caller,
    model: Model,
    request: &ChangeRequest,
) -> Result<Versioned, GoodsError> {
    let pk = request.pk;
    let txn = begin_write(&state.db).await?;
    let before = seen(&txn, model, pk, &request.version).await?;
    let was = before.fields()?;
    let mut wanted = was.clone();
    wanted.extend(request.fields.clone());
    if wanted == was {
        txn.rollback().await?;
        return Ok(before.try_into()?);
    }
    // Without it the row is given the present as its time of change.
    wanted.remove("updated_time");
    let row = staff::read_fields(&txn, model, pk, wanted).await?;
    let shown = affected(&txn, model, pk).await?;
    fixture::upsert(&txn, &row, state.clock.now(), &mut |_| {}).await?;
    staff::check_neighbours(&txn, model, pk).await?;
    let after = staff::current(&txn, model, pk).await?;
    let deed = Deed {
        author,
        action: "change",
        model,
        pk,
        reason: None,
    };
    let (was, is) = difference(&was, &after.fields()?);
    deed.record(state, &txn, Some(was), Some(is)).await?;
    let change = staff::affected_since(state, &txn, (model, pk), shown).await?;
    staff::commit(state, txn, change).await?;
    Ok(after.try_into()?)
}

/// The row, locked, if it is still the one that the editor saw.
pub(super) async fn seen(
    txn: &common::db::WriteTxn,
    model: Model,
    pk: i64,
    version: &str,
) -> Result<Stored, GoodsError> {
    if !edit::lock(txn, model, pk).await? {
        return Err(GoodsError::RowNotFound);
    }
    let stored = staff::current(txn, model, pk).await?;
    if stored.version()? == version {
        Ok(stored)
    } else {
        Err(GoodsError::VersionConflict)
    }
}
