//! Every setting of this service: declared, documented and validated here.

use std::time::Duration;

use chrono::TimeDelta;
use common::backends::database_url;
use common::contracts::internal_apis::{carts, goods, pays, users};
use common::settings::{self, Default, Limits, Setting, SettingsError, Source, setting};

use crate::domain::order::FreightRule;

/// Where this service listens.
pub const ADDR: Setting = setting(
    "ORDERS_ADDR",
    Default::Value("127.0.0.1:8004"),
    "where orders-svc listens",
);
/// Its database.
pub const DATABASE_URL: Setting = database_url("ORDERS_DATABASE_URL");
/// How long a buyer may take to pay.
pub const PAY_TIMEOUT_SECONDS: Setting = setting(
    "ORDERS_PAY_TIMEOUT_SECONDS",
    Default::Value("1800"),
    "unpaid orders are cancelled after this many seconds",
);
/// How long an order is kept beyond its deadline while nobody can say whether it was paid.
pub const SILENCE_TIMEOUT_SECONDS: Setting = setting(
    "ORDERS_SILENCE_TIMEOUT_SECONDS",
    Default::Value("900"),
    "an order whose payment nobody can tell is cancelled this many seconds after its deadline; late money goes back",
);
/// Freight of every order.
pub const FREIGHT: Setting = setting(
    "ORDERS_FREIGHT",
    Default::Value("10.00"),
    "freight of an order, in yuan, part of its total",
);
/// From which sum of goods on freight is waived.
pub const FREE_SHIPPING_FROM: Setting = setting(
    "ORDERS_FREE_SHIPPING_FROM",
    Default::Unset,
    "sum of goods, in yuan, from which on freight is waived",
);

/// When a checkout is taken for dead.
pub const CHECKOUT_TIMEOUT_SECONDS: Setting = setting(
    "ORDERS_CHECKOUT_TIMEOUT_SECONDS",
    Default::Value("30"),
    "checkouts that are not complete after this many seconds are rolled back",
);
/// How long two like purchases are one.
pub const DOUBLE_CLICK_SECONDS: Setting = setting(
    "ORDERS_DOUBLE_CLICK_SECONDS",
    Default::Value("10"),
    "within this many seconds the same purchase without Idempotency-Key is one order; 0 = never",
);
/// When a shipped order is done by itself.
pub const COMPLETE_AFTER_DAYS: Setting = setting(
    "ORDERS_COMPLETE_AFTER_DAYS",
    Default::Value("15"),
    "a shipped order whose buyer says nothing is done this many days after shipping",
);
/// How many unpaid orders a buyer may have.
pub const MAX_UNPAID: Setting = setting(
    "ORDERS_MAX_UNPAID",
    Default::Value("5"),
    "unpaid orders that one buyer may have, because each keeps stock from others; not counted with LIMITS=off",
);
/// How many checkouts one process works on at a time.
pub const MAX_CHECKOUTS: Setting = setting(
    "ORDERS_MAX_CHECKOUTS",
    Default::Value("32"),
    "checkouts that one process works on at a time; the others wait in line",
);
/// How often the jobs look.
pub const JOB_INTERVAL_SECONDS: Setting = setting(
    "ORDERS_JOB_INTERVAL_SECONDS",
    Default::Value("2"),
    "pause between two looks for unpaid and half-made orders",
);

/// The settings that only this service reads.
pub const OWN: &[Setting] = &[
    ADDR,
    DATABASE_URL,
    PAY_TIMEOUT_SECONDS,
    SILENCE_TIMEOUT_SECONDS,
    FREIGHT,
    FREE_SHIPPING_FROM,
    CHECKOUT_TIMEOUT_SECONDS,
    DOUBLE_CLICK_SECONDS,
    COMPLETE_AFTER_DAYS,
    MAX_UNPAID,
    MAX_CHECKOUTS,
    JOB_INTERVAL_SECONDS,
];

/// Every setting that this service reads.
pub fn all() -> Vec<Setting> {
    let others = [users::URLS, goods::URLS, carts::URLS, pays::URLS];
    [settings::COMMON, OWN, &others].concat()
}

/// The rules of the shop that operators set, read once at the start.
#[derive(Clone, Copy, Debug)]
pub struct OrderSettings {
    /// How long a buyer may take to pay.
    pub pay_timeout: TimeDelta,
    /// How much longer an order waits while pays-svc or the provider is silent.
    pub silence_timeout: TimeDelta,
    /// Freight.
    pub freight: FreightRule,
    /// After how long a checkout is rolled back.
    pub checkout_timeout: TimeDelta,
    /// Within what time the same purchase is one order; zero = never.
    pub double_click: TimeDelta,
    /// How long after shipping an order is done by itself.
    pub complete_after: TimeDelta,
    /// How many unpaid orders a buyer may have; `None` = any number.
    pub max_unpaid: Option<usize>,
    /// How many checkouts are under way at a time.
    pub max_checkouts: usize,
    /// Pause between two looks of a job.
    pub job_interval: Duration,
}

impl OrderSettings {
    /// Reads and checks them.
    pub fn read(source: &Source) -> Result<Self, SettingsError> {
        let seconds = |setting| {
            source
                .parsed::<u32>(setting)
                .map(i64::from)
                .map(TimeDelta::seconds)
        };
        let free_from = source.optional(FREE_SHIPPING_FROM);
        Ok(Self {
            pay_timeout: seconds(PAY_TIMEOUT_SECONDS)?,
            silence_timeout: seconds(SILENCE_TIMEOUT_SECONDS)?,
            freight: FreightRule {
                freight: source.parsed(FREIGHT)?,
                free_from: free_from.map(|_| source.parsed(FREE_SHIPPING_FROM)).transpose()?,
            },
            checkout_timeout: seconds(CHECKOUT_TIMEOUT_SECONDS)?,
            double_click: seconds(DOUBLE_CLICK_SECONDS)?,
            complete_after: TimeDelta::days(source.parsed::<u32>(COMPLETE_AFTER_DAYS)?.into()),
            max_unpaid: match source.parsed(settings::LIMITS)? {
                Limits::On => Some(source.parsed(MAX_UNPAID)?),
                Limits::Off => None,
            },
            max_checkouts: source.parsed::<usize>(MAX_CHECKOUTS)?.max(1),
            job_interval: Duration::from_secs(source.parsed::<u32>(JOB_INTERVAL_SECONDS)?.max(1).into()),
        })
    }
}
