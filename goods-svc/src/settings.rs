//! Every setting of this service: declared and documented here.

use std::time::Duration;

use common::backends::database_url;
use common::contracts::internal_apis::orders;
use common::settings::{self, Default, Setting, SettingsError, Source, setting};

use crate::domain::stock_strategy::StockStrategy;

/// Where this service listens.
pub const ADDR: Setting = setting(
    "GOODS_ADDR",
    Default::Value("127.0.0.1:8002"),
    "where goods-svc listens",
);
/// Its database.
pub const DATABASE_URL: Setting = database_url("GOODS_DATABASE_URL");
/// How the last piece is fought for.
pub const STOCK_STRATEGY: Setting = setting(
    "GOODS_STOCK_STRATEGY",
    Default::Value("conditional"),
    "how orders take stock: `conditional` (one conditional UPDATE), `optimistic` (by version, bounded retries) or \
     `pessimistic` (SELECT … FOR UPDATE)",
);
/// How many lines of concurrent orders are reserved in one transaction.
pub const STOCK_BATCH_LINES: Setting = setting(
    "GOODS_STOCK_BATCH_LINES",
    Default::Value("64"),
    "concurrent orders share a transaction up to this many lines, so that a hot SKU does not cost a commit an order; \
     0 = each order alone (as with every strategy but `conditional`)",
);
/// How often expired reservations are looked for.
pub const SWEEP_INTERVAL_SECONDS: Setting = setting(
    "GOODS_SWEEP_INTERVAL_SECONDS",
    Default::Value("10"),
    "pause between two looks for stock that is held longer than its order said; orders-svc is asked what became of it",
);

/// The settings that only this service reads.
pub const OWN: &[Setting] = &[
    ADDR,
    DATABASE_URL,
    STOCK_STRATEGY,
    STOCK_BATCH_LINES,
    SWEEP_INTERVAL_SECONDS,
];

/// Every setting that this service reads.
pub fn all() -> Vec<Setting> {
    [settings::COMMON, OWN, &[orders::URLS]].concat()
}

/// The rules of the stock that operators set, read once at the start.
#[derive(Clone, Copy, Debug)]
pub struct StockSettings {
    /// How an order takes its pieces.
    pub(crate) strategy: StockStrategy,
    /// Lines of the orders that share a transaction; 0 = none do.
    pub(crate) batch_lines: usize,
    /// Pause between two looks for expired reservations.
    pub(crate) sweep_interval: Duration,
}

impl StockSettings {
    /// Reads and checks them.
    pub fn read(source: &Source) -> Result<Self, SettingsError> {
        Ok(Self {
            strategy: source.parsed(STOCK_STRATEGY)?,
            batch_lines: source.parsed::<u16>(STOCK_BATCH_LINES)?.into(),
            sweep_interval: Duration::from_secs(source.parsed::<u32>(SWEEP_INTERVAL_SECONDS)?.max(1).into()),
        })
    }
}
