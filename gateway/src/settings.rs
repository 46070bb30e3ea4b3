//! Every setting of the gateway: declared and documented here; the parts that use them check the values they read.

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
/// What the gateway may be called by.
pub const HOSTS: Setting = setting(
    "GATEWAY_HOSTS",
    Default::Unset,
    "names that requests may be addressed to (`Host`, without port), comma-separated, beside loopback, the address \
     that was connected to, and the hosts of the two public URLs; `*` allows all",
);
/// Whose word on where a request came from is taken.
pub const TRUSTED_PROXIES: Setting = setting(
    "GATEWAY_TRUSTED_PROXIES",
    Default::Unset,
    "networks of the proxies before the gateway, as `10.0.0.0/8,172.16.0.0/12`: only their `X-Forwarded-For` and \
     `X-Forwarded-Proto` are believed; nobody's by default",
);
/// How much one address may ask.
pub const RATE_PER_ADDRESS: Setting = setting(
    "GATEWAY_RATE_PER_ADDRESS",
    Default::Value("50/100"),
    "requests a second from one address, and how many at once: `rate/burst`; pictures are not counted",
);
/// How much one user may ask.
pub const RATE_PER_USER: Setting = setting(
    "GATEWAY_RATE_PER_USER",
    Default::Value("20/40"),
    "requests a second of one logged-in user, and how many at once: `rate/burst`",
);
/// How many requests may be under way.
pub const IN_FLIGHT: Setting = setting(
    "GATEWAY_IN_FLIGHT",
    Default::Value("1024"),
    "requests under way at a time; the others are told 503 at once",
);
/// How many requests may be under way to one service.
pub const IN_FLIGHT_PER_SERVICE: Setting = setting(
    "GATEWAY_IN_FLIGHT_PER_SERVICE",
    Default::Value("256"),
    "requests under way to one service at a time, so that a slow one does not take the others' places",
);

/// The settings that only the gateway reads.
pub const OWN: &[Setting] = &[
    ADDR,
    ADMIN_ADDR,
    CORS_ORIGINS,
    HOSTS,
    TRUSTED_PROXIES,
    RATE_PER_ADDRESS,
    RATE_PER_USER,
    IN_FLIGHT,
    IN_FLIGHT_PER_SERVICE,
];

/// Every setting that the gateway reads.
pub fn all() -> Vec<Setting> {
    let replicas = [users::URLS, goods::URLS, carts::URLS, orders::URLS, pays::URLS];
    [settings::COMMON, OWN, &replicas].concat()
}
