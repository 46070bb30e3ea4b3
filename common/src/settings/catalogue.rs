//! The settings that every process reads.

use super::{Default, Setting, setting};

/// The mode of the process: `development` or `production`.
pub const MODE: Setting = setting(
    "MODE",
    Default::Unset,
    "`development` (all-in-one) or `production` (service binaries): strict secrets, no sandbox, no demo data",
);
/// Where embedded databases, stores, media and generated keys live.
pub const DATA_DIR: Setting = setting(
    "DATA_DIR",
    Default::Value("./data"),
    "embedded databases, stores, media, generated keys",
);
/// The key-value store.
pub const KV_URL: Setting = setting(
    "KV_URL",
    Default::Value("embedded:"),
    "key-value store: `embedded:` or `redis://host:6379`; also `…_FILE`",
);
/// The store of caches.
pub const CACHE_URL: Setting = setting(
    "CACHE_URL",
    Default::Unset,
    "store of caches, as `redis://host:6379/1`: may be one that drops what is used least; by default that of KV_URL; \
     also `…_FILE`",
);
/// The event bus.
pub const BUS_URL: Setting = setting(
    "BUS_URL",
    Default::Value("embedded:"),
    "event bus: `embedded:` or `amqp://user:password@host:5672`; also `…_FILE`",
);
/// What keys, exchanges and queues begin with.
pub const NAMESPACE: Setting = setting(
    "NAMESPACE",
    Default::Value("dadashop"),
    "prefix of keys and queues, so that several shops can share a server",
);
/// Size of a database pool.
pub const DB_MAX_CONNECTIONS: Setting = setting(
    "DB_MAX_CONNECTIONS",
    Default::Value("16"),
    "connections a service keeps for writing; half as many for reading",
);
/// Worker threads of an HTTP server.
pub const WORKERS: Setting = setting(
    "WORKERS",
    Default::Unset,
    "worker threads of each HTTP server; by default one per core",
);
/// How long a process that was told to stop says "not ready" before it refuses connections.
pub const DRAIN_PAUSE_SECONDS: Setting = setting(
    "DRAIN_PAUSE_SECONDS",
    Default::Unset,
    "how long a process that was told to stop says \"not ready\" before it refuses connections; by default 3 in \
     production, 0 in development",
);
/// Secret of the users' tokens.
pub const JWT_SECRET: Setting = setting(
    "JWT_SECRET",
    Default::RequiredSecret,
    "key of the users' tokens, at least 32 bytes; generated in embedded mode",
);
/// The secret before the present one.
pub const JWT_PREVIOUS_SECRET: Setting = setting(
    "JWT_PREVIOUS_SECRET",
    Default::Unset,
    "the key before, still accepted while tokens signed with it live",
);
/// Secret of the services' tokens.
pub const INTERNAL_SECRET: Setting = setting(
    "INTERNAL_SECRET",
    Default::RequiredSecret,
    "key by which services know each other, at least 32 bytes; generated in embedded mode",
);
/// The address under which browsers reach the gateway.
pub const PUBLIC_API_URL: Setting = setting(
    "PUBLIC_API_URL",
    Default::Value("http://127.0.0.1:8000"),
    "what `base_url` and payment notify addresses are made of",
);
/// The address under which browsers reach the pages.
pub const PUBLIC_WEB_URL: Setting = setting(
    "PUBLIC_WEB_URL",
    Default::Value("http://127.0.0.1:7000"),
    "what links in mails and payment return addresses are made of",
);
/// Whether rate limits hold.
pub const LIMITS: Setting = setting(
    "LIMITS",
    Default::Value("on"),
    "`off` lifts rate limits per address and account, for load tests; never correctness bounds",
);
/// Which log lines are written. What actix says of bytes that are not HTTP is left out: any stranger could fill the log.
pub const LOG: Setting = setting(
    "LOG",
    Default::Value("info,actix_http::h1=off"),
    "log filter, as `info,orders_svc=debug`",
);
/// How log lines are written.
pub const LOG_FORMAT: Setting = setting(
    "LOG_FORMAT",
    Default::Unset,
    "`pretty` (development) or `json` (production)",
);

/// The settings that every process reads.
pub const COMMON: &[Setting] = &[
    MODE,
    DATA_DIR,
    KV_URL,
    CACHE_URL,
    BUS_URL,
    NAMESPACE,
    DB_MAX_CONNECTIONS,
    WORKERS,
    DRAIN_PAUSE_SECONDS,
    JWT_SECRET,
    JWT_PREVIOUS_SECRET,
    INTERNAL_SECRET,
    PUBLIC_API_URL,
    PUBLIC_WEB_URL,
    LIMITS,
    LOG,
    LOG_FORMAT,
];
