//! What every handler, flow, event and job of this service may use.

use std::sync::Arc;

use common::clock::Clock;
use common::db::Db;
use tokio::sync::{Notify, Semaphore};

use crate::http::notify_guard::NotifyGuard;
use crate::outside::Provider;

/// Shared by all of the service. Cheap to clone.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Inner>);

/// The fields of [`AppState`].
pub(crate) struct Inner {
    /// Our database.
    pub(crate) db: Db,
    /// The time.
    pub(crate) clock: Clock,
    /// Who takes the money.
    pub(crate) provider: Provider,
    /// The page that shows what became of a payment.
    pub(crate) pay_success_page: String,
    /// Who is no longer listened to.
    pub(crate) notify_guard: NotifyGuard,
    /// Rings when a refund was noted down.
    pub(crate) refund_wake: Notify,
    /// Bounds how many waiting buyers ask the provider at once.
    pub(crate) sync_slots: Semaphore,
}

impl AppState {
    /// Wraps the parts.
    pub(crate) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }
}

impl std::ops::Deref for AppState {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
