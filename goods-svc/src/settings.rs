//! Every setting of this service: declared and documented here.

use common::backends::database_url;
use common::settings::{self, Default, Setting, setting};

/// Where this service listens.
pub const ADDR: Setting = setting(
    "GOODS_ADDR",
    Default::Value("127.0.0.1:8002"),
    "where goods-svc listens",
);
/// Its database.
pub const DATABASE_URL: Setting = database_url("GOODS_DATABASE_URL");

/// The settings that only this service reads.
pub const OWN: &[Setting] = &[ADDR, DATABASE_URL];

/// Every setting that this service reads.
pub fn all() -> Vec<Setting> {
    [settings::COMMON, OWN].concat()
}
