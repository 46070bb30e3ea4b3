//! Every setting of this service: declared, documented and validated here.

use common::contracts::internal_apis::goods;
use common::settings::{self, Default, Setting, setting};

/// Where this service listens.
pub const ADDR: Setting = setting(
    "CARTS_ADDR",
    Default::Value("127.0.0.1:8003"),
    "where carts-svc listens",
);

/// The settings that only this service reads.
pub const OWN: &[Setting] = &[ADDR];

/// Every setting that this service reads.
pub fn all() -> Vec<Setting> {
    [settings::COMMON, OWN, &[goods::URLS]].concat()
}
