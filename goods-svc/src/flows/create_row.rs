//! A new row of the catalogue.

use common::contracts::events::goods::SkuChanged;
use common::db::{begin_write, retry_transient};
use common::identity::Caller;
use serde_json::{Map, Value};

use crate::domain::fixture::Model;
use crate::domain::staff_edit::{Edit, check_fields};
use crate::error::GoodsError;
use crate::flows::staff::{self, Deed, Versioned};
use crate::state::AppState;
use crate::store::fixture::edit;

/// Stands for the key that the database will give.
const NEW: i64 = i64::MAX;

/// Makes the row and answers it.
pub(crate) async fn create_row(
    state: &AppState,
    author: &Caller,
    model: Model,
    fields: Map<String, Value>,
) -> Result<Versioned, GoodsError> {
    check_fields(model, Edit::Create, &fields)?;
    retry_transient(|| attempt(state, author, model, &fields)).await
}

async fn attempt(
    state: &AppState,
    author: &Caller,
    model: Model,
    fields: &Map<String, Value>,
) -> Result<Versioned, GoodsError> {
    let txn = begin_write(&state.db).await?;
    let fixture = staff::read_fields(&txn, model, NEW, fields.clone()).await?;
    let pk = edit::insert_new(&txn, &fixture, model, state.clock.now()).await?;
    staff::check_neighbours(&txn, model, pk).await?;
    let made = staff::current(&txn, model, pk).await?;
    let deed = Deed {
        author,
        action: "create",
        model,
        pk,
        reason: None,
    };
    deed.record(state, &txn, None, Some(made.fields()?)).await?;
    let change = staff::affected_since(state, &txn, (model, pk), SkuChanged::default()).await?;
    staff::commit(state, txn, change).await?;
    Ok(made.try_into()?)
}
