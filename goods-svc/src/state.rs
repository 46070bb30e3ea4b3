//! What every handler, flow and event of this service may use.

use std::path::PathBuf;
use std::sync::Arc;

use common::cache::Cache;
use common::clock::Clock;
use common::db::Db;
use tokio::sync::Semaphore;

use crate::flows::reserve_stock::Together;
use crate::search::Search;
use crate::settings::StockSettings;

/// Shared by all of the service. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

/// The fields of [`AppState`].
pub struct Inner {
    /// Our database.
    pub db: Db,
    /// What buyers see, made before.
    pub cache: Cache,
    /// Who may unpack a picture now: each takes up to 100 MB.
    pub picture_turns: Arc<Semaphore>,
    /// The time.
    pub clock: Clock,
    /// Where media are reached, ending in a slash: the `base_url` of answers (contract §1.1.12).
    pub media_url: String,
    /// Where pictures lie on disk.
    pub media_root: PathBuf,
    /// How stock is taken and looked after.
    pub stock: StockSettings,
    /// What people search in.
    pub(crate) search: Search,
    /// Where concurrent reservations meet.
    pub(crate) together: Together,
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
