//! Events of goods-svc.

use serde::{Deserialize, Serialize};

use crate::contracts::ids::SkuId;
use crate::outbox::Event;

/// The catalogue was changed: by staff, or by loading a fixture. Not published when an order takes stock: that would
/// be an event an order, and nobody may show stock to the second.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkuChanged {
    /// The SKUs whose own page, search entry, price or availability changed; deleted ones too.
    pub sku_ids: Vec<SkuId>,
    /// The products that have other SKUs, or SKUs with other values, than before.
    #[serde(default)]
    pub spu_ids: Vec<i64>,
    /// The categories whose lists changed.
    #[serde(default)]
    pub catalog_ids: Vec<i64>,
    /// Too much changed to be named; then the lists are empty.
    #[serde(default)]
    pub everything: bool,
}

impl Event for SkuChanged {
    const TOPIC: &'static str = "goods.sku_changed";

    fn key(&self) -> String {
        self.sku_ids
            .first()
            .map_or_else(|| "*".to_owned(), ToString::to_string)
    }
}
