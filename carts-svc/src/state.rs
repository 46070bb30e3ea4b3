//! What every handler, flow and event of this service may use.

use std::sync::Arc;

use common::contracts::internal_apis::goods::GoodsClient;
use common::kv::Kv;

/// Shared by all of the service. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

/// The fields of [`AppState`].
pub struct Inner {
    /// The carts; see `kv_keys`.
    pub kv: Kv,
    /// Names, prices and stock.
    pub goods: GoodsClient,
    /// Where media are reached, ending in a slash: the `base_url` of answers (contract §1.1.12).
    pub media_url: String,
}

impl AppState {
    /// Wraps the parts.
    pub fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }
}

impl std::ops::Deref for AppState {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
