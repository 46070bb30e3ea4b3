//! What every handler, flow, event and job of this service may use.

use std::sync::{Arc, Mutex};

use common::clock::Clock;
use common::contracts::internal_apis::carts::CartsClient;
use common::contracts::internal_apis::goods::GoodsClient;
use common::contracts::internal_apis::pays::PaysClient;
use common::contracts::internal_apis::users::UsersClient;
use common::db::Db;
use tokio::sync::Semaphore;

use crate::domain::order_id::LastSeconds;
use crate::settings::OrderSettings;

/// Shared by all of the service. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

/// The fields of [`AppState`].
pub struct Inner {
    /// Our database.
    pub db: Db,
    /// The time, as the database counts it.
    pub clock: Clock,
    /// Rules that operators set.
    pub settings: OrderSettings,
    /// Where media are reached, ending in a slash: the `base_url` of answers (contract §1.1.12).
    pub media_url: String,
    /// The page that asks again for an order's way to pay: where buyers are sent while pays-svc is silent.
    pub pay_page: String,
    /// Seconds of order ids handed out by this process.
    pub last_seconds: Mutex<LastSeconds>,
    /// Places for checkouts under way; who finds none waits in line.
    pub checkouts: Semaphore,
    /// Addresses.
    pub users: UsersClient,
    /// SKUs and reservations.
    pub goods: GoodsClient,
    /// Carts.
    pub carts: CartsClient,
    /// Payments.
    pub pays: PaysClient,
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
