//! What every change by staff has in common: fields that are read with care, a line in the trail, an event, and caches
//! that forget.

use common::contracts::events::goods::SkuChanged;
use common::contracts::ids::SkuId;
use common::db::WriteTxn;
use common::identity::Caller;
use common::outbox;
use serde_json::{Map, Value};

use crate::cache;
use crate::domain::fixture::{Fixture, FixtureError, Model, Row, Stored};
use crate::domain::staff_edit::{BadEdit, check_variant};
use crate::error::GoodsError;
use crate::flows::load_fixture::{LoadError, require_parents};
use crate::state::AppState;
use crate::store::affected::{affected, merge, stamp};
use crate::store::fixture::read;
use crate::store::{audit, variants};

/// A row, and the version that an editor sends back.
#[derive(Clone, Debug)]
pub(crate) struct Versioned {
    /// Its primary key.
    pub(crate) pk: i64,
    /// Its fields.
    pub(crate) row: Row,
    /// Differs when anything differs that staff may edit.
    pub(crate) version: String,
}

impl TryFrom<Stored> for Versioned {
    type Error = serde_json::Error;

    fn try_from(stored: Stored) -> Result<Self, serde_json::Error> {
        Ok(Self {
            version: stored.version()?,
            pk: stored.pk,
            row: stored.row,
        })
    }
}

/// Who does what to which row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deed<'a> {
    /// Who.
    pub(crate) author: &'a Caller,
    /// What, as the trail names it.
    pub(crate) action: &'static str,
    /// A row of which model.
    pub(crate) model: Model,
    /// Which row.
    pub(crate) pk: i64,
    /// Why, where it must be said.
    pub(crate) reason: Option<&'a str>,
}

impl Deed<'_> {
    /// Writes the line of the trail, in the transaction of the deed.
    pub(crate) async fn record(
        &self,
        state: &AppState,
        txn: &WriteTxn,
        before: Option<Map<String, Value>>,
        after: Option<Map<String, Value>>,
    ) -> Result<(), GoodsError> {
        let line = audit::Line {
            author: self.author,
            action: self.action,
            model: self.model,
            pk: self.pk,
            before,
            after,
            reason: self.reason,
        };
        Ok(audit::insert(txn, line, state.clock.now()).await?)
    }
}

/// Commits, with the event of the change; then what was true before is forgotten.
pub(crate) async fn commit(state: &AppState, txn: WriteTxn, change: SkuChanged) -> Result<(), GoodsError> {
    outbox::add(&txn, state.clock.now(), &change).await?;
    txn.commit().await?;
    cache::forget(&state.cache, &change).await;
    Ok(())
}

/// What shows the row now, beside what showed it before; the search follows those SKUs.
pub(crate) async fn affected_since(
    state: &AppState,
    txn: &WriteTxn,
    (model, pk): (Model, i64),
    before: SkuChanged,
) -> Result<SkuChanged, GoodsError> {
    stamp(txn, model, pk, state.clock.now()).await?;
    Ok(merge(before, affected(txn, model, pk).await?))
}

/// A row of these fields whose parents exist.
pub(crate) async fn read_fields(
    txn: &WriteTxn,
    model: Model,
    pk: i64,
    fields: Map<String, Value>,
) -> Result<Fixture, GoodsError> {
    let fixture = Fixture::of_one(model, pk, Value::Object(fields)).map_err(refusal)?;
    match require_parents(txn, &fixture).await {
        Ok(()) => Ok(fixture),
        Err(LoadError::Fixture(error)) => Err(refusal(error)),
        Err(LoadError::Database(error)) => Err(error.into()),
    }
}

fn refusal(error: FixtureError) -> GoodsError {
    GoodsError::BadFields(match error {
        FixtureError::Shape(source) | FixtureError::Fields(_, source) => source.to_string(),
        FixtureError::NoParent(reference) => {
            format!("there is no {} {}", reference.parent, reference.parent_pk)
        }
        FixtureError::Pk { .. } => error.to_string(),
    })
}

/// Checks what concerns several rows. To be called when the row is written, before the commit.
pub(crate) async fn check_neighbours(txn: &WriteTxn, model: Model, pk: i64) -> Result<(), GoodsError> {
    match model {
        Model::Sku => {
            let (spu_id, chosen) = variants::of_sku(txn, SkuId(pk)).await?;
            let siblings = variants::of_spu(txn, spu_id).await?;
            Ok(check_variant((pk, spu_id), &chosen, &siblings)?)
        }
        Model::SkuSpecValue if !variants::is_own_spec(txn, pk).await? => Err(BadEdit::StrangeSpec.into()),
        Model::Catalog
        | Model::Brand
        | Model::Spu
        | Model::SpuSaleAttr
        | Model::SaleAttrValue
        | Model::SkuImage
        | Model::SpuSpec
        | Model::SkuSpecValue => Ok(()),
    }
}

/// The row as it is now; an error when it is gone.
pub(crate) async fn current(txn: &WriteTxn, model: Model, pk: i64) -> Result<Stored, GoodsError> {
    read::find(txn, model, pk).await?.ok_or(GoodsError::RowNotFound)
}
