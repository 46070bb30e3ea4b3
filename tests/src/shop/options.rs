//! What a test may choose about its shop.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use crate::catalogue::Catalogue;

/// Overrides the binary under test, for instance with a release build.
const BINARY: &str = "DADASHOP_TEST_BINARY";

/// The ways in which the shop runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// One process, files.
    Embedded,
    /// Each service a process, MariaDB, Redis and RabbitMQ.
    Production,
    /// Somebody else's to start and stop: only its addresses are known. Of the options it heeds the stock of a SKU.
    Deployment,
}

/// How a shop is to be started.
#[derive(Clone, Debug)]
pub struct ShopOptions {
    pub(super) binary: PathBuf,
    pub(super) replicas: usize,
    pub(super) settings: BTreeMap<String, String>,
    pub(super) catalogue: Catalogue,
    pub(super) database_delay: Option<Duration>,
    pub(super) broker_url: Option<String>,
}

impl ShopOptions {
    /// One replica of everything, the catalogue found, no rate limits; `binary` is `dadashop` unless the environment
    /// names another.
    pub fn new(binary: &str) -> Self {
        Self {
            binary: std::env::var_os(BINARY).map_or_else(|| binary.into(), PathBuf::from),
            replicas: 1,
            settings: [
                ("LIMITS", "off"),
                (
                    "LOG",
                    "info,actix_server=warn,sea_orm_migration=warn,common::process=error",
                ),
                ("WORKERS", "1"),
                ("DRAIN_PAUSE_SECONDS", "0"),
                ("DB_MAX_CONNECTIONS", "8"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
            catalogue: Catalogue::real_or_demo(),
            database_delay: None,
            broker_url: None,
        }
    }

    /// Whether the binary under test was built by cargo beside this test, and so has crash points.
    pub fn has_crash_points() -> bool {
        std::env::var_os(BINARY).is_none()
    }

    /// The `dadashop` binary.
    pub fn binary(&self) -> PathBuf {
        self.binary.clone()
    }

    /// The goods it opens with.
    pub fn catalogue(&self) -> Catalogue {
        self.catalogue.clone()
    }

    /// Replicas of goods-svc and orders-svc in production mode.
    pub fn replicas(mut self, replicas: usize) -> Self {
        self.replicas = replicas;
        self
    }

    /// Sets `DADASHOP_<name>` for every process.
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.settings.insert(name.to_owned(), value.to_string());
        self
    }

    /// Lets buyers register without an SMS code.
    pub fn without_sms(self) -> Self {
        self.with("USERS_REGISTER_REQUIRE_SMS", "false")
    }

    /// Opens with these goods.
    pub fn selling(mut self, catalogue: Catalogue) -> Self {
        self.catalogue = catalogue;
        self
    }

    /// Puts the database this far away in each direction, in production mode.
    pub fn database_behind(mut self, delay: Duration) -> Self {
        self.database_delay = Some(delay);
        self
    }

    /// Uses this broker, in production mode.
    pub fn broker(mut self, url: String) -> Self {
        self.broker_url = Some(url);
        self
    }
}
