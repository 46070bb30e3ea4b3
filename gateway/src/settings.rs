//! Every setting of the gateway: declared and documented here; `cors` and `upstreams` check the values they read.

use common::contracts::internal_apis::{carts, goods, orders, pays, users};
use common::settings::{self, Default, Setting, setting};

/// Where the gateway listens.
pub const ADDR: Setting = setting(
    "GATEWAY_ADDR",
    Default::Value("127.0.0.1:8000"),
    "where the gateway listens; port 0 = any free one",
);
/// Where its own pages are: never the public listener.
pub const ADMIN_ADDR: Setting = setting(
    "GATEWAY_ADMIN_ADDR",
    Default::Value("127.0.0.1:8100"),
    "where the gateway's `/healthz`, `/readyz` and `/metrics` listen; port 0 = any free one",
);
/// Which pages may call the API from a browser.
pub const CORS_ORIGINS: Setting = setting(
    "CORS_ORIGINS",
    Default::Value("http://127.0.0.1:7000,http://localhost:7000"),
    "origins of the pages that may call the API, comma-separated; `*` allows all",
);

/// The settings that only the gateway reads.
pub const OWN: &[Setting] = &[ADDR, ADMIN_ADDR, CORS_ORIGINS];

/// Every setting that the gateway reads.
pub fn all() -> Vec<Setting> {
    let replicas = [users::URLS, goods::URLS, carts::URLS, orders::URLS, pays::URLS];
    [settings::COMMON, OWN, &replicas].concat()
}
