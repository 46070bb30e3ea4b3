//! The search index: in this process, in memory, read from the database when the service starts, and followed from then
//! on. Nothing of it is on disk, so nothing of it can be torn by a crash or be older than the database (docs/adr/0010).
//!
//! `text` cuts text into terms, `index` holds who has which term, `rank` finds and orders, `typo` forgives.

mod index;
mod rank;
mod text;
mod typo;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use common::contracts::ids::SkuId;
use tokio::sync::watch;

use crate::domain::search::{Found, SearchDoc, SearchRequest};

pub(crate) use index::Index;

/// How long a question waits for the first build.
const BUILD_WAIT: Duration = Duration::from_millis(1500);

/// The index of this process. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Search(Arc<Inner>);

struct Inner {
    index: RwLock<Index>,
    is_built: watch::Sender<bool>,
}

/// The index is not built yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the search index is being built")]
pub(crate) struct NotBuilt;

impl Search {
    /// One that is not built yet.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner {
            index: RwLock::default(),
            is_built: watch::Sender::new(false),
        }))
    }

    /// Finds. Waits a moment for the first build.
    pub(crate) async fn find(&self, request: SearchRequest) -> Result<Found, NotBuilt> {
        let mut is_built = self.0.is_built.subscribe();
        let built = tokio::time::timeout(BUILD_WAIT, is_built.wait_for(|is_built| *is_built)).await;
        if !matches!(built, Ok(Ok(_))) {
            return Err(NotBuilt);
        }
        let inner = self.0.clone();
        // Milliseconds of computing, which would keep the worker from its other requests.
        let found = tokio::task::spawn_blocking(move || {
            let index = inner.index.read().unwrap_or_else(PoisonError::into_inner);
            rank::find(&index, &request)
        });
        found.await.map_err(|panic| {
            tracing::error!(?panic, "search panicked");
            NotBuilt
        })
    }

    /// Puts a whole new index in place.
    pub(crate) fn replace(&self, index: Index) {
        *self.0.index.write().unwrap_or_else(PoisonError::into_inner) = index;
        self.0.is_built.send_replace(true);
    }

    /// Brings SKUs up to date: those that are there, and those that are not there any more.
    pub(crate) fn apply(&self, docs: Vec<SearchDoc>, gone: &[SkuId]) {
        let mut index = self.0.index.write().unwrap_or_else(PoisonError::into_inner);
        for sku_id in gone {
            index.remove(*sku_id);
        }
        for doc in docs {
            index.put(doc);
        }
    }

    /// Whether it should be built anew: much has changed since it was built.
    pub(crate) fn is_untidy(&self) -> bool {
        let index = self.0.index.read().unwrap_or_else(PoisonError::into_inner);
        index.is_untidy()
    }
}
