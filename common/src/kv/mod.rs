//! The key-value store: values with a lifetime, counters, one-time secrets and hashes, in Redis or in an SQLite file.
//!
//! Every operation is atomic by itself and means the same in both stores; callers never see a script or a
//! statement. A key keeps one kind (value, counter, secret or hash) for as long as it lives. Keys are prefixed with
//! the namespace, so that services, shops and tests can share a server.
//!
//! An `Err` of a writing operation says that its outcome is unknown: the answer may have been lost on the way.

mod bucket;
mod changes;
mod embedded;
mod redis;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sea_orm::DbErr;
use sha2::{Digest, Sha256};

pub use bucket::{Bucket, Taken};
pub use embedded::EmbeddedKv;
pub use redis::{RedisFailure, RedisKv};

/// One service's key-value store. Cheap to clone; clones share the connection.
#[derive(Clone, Debug)]
pub enum Kv {
    /// A Redis server (6 or newer), shared by every replica.
    Redis(RedisKv),
    /// A file of this process's own: survives `kill -9`, needs nothing installed.
    Embedded(EmbeddedKv),
}

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum KvError {
    /// The address names no store that we have. It is not repeated here, as it may hold a password.
    #[error("address of the key-value store is neither embedded: nor redis://host:port")]
    UnknownAddress,
    /// The directory of the embedded store is missing and cannot be made.
    #[error("directory of the embedded key-value store cannot be made")]
    Directory(#[source] std::io::Error),
    /// Redis is unreachable, too slow or refuses the command.
    #[error("redis did not carry out the command")]
    Redis(#[from] RedisFailure),
    /// The file of the embedded store cannot be read or written.
    #[error("embedded key-value store failed")]
    Embedded(#[from] DbErr),
    /// Too many write the same key, or the embedded store, at once. Nothing was changed.
    #[error("key {key} waits for too many other writers")]
    Contended {
        /// The key, without its namespace.
        key: String,
    },
}

/// What became of a presented one-time secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redeem {
    /// It was the right one, and is used up now.
    Accepted,
    /// It was not the right one; one try fewer is left.
    Wrong,
    /// There is none: never set, expired, used, or given up after too many wrong tries.
    Missing,
}

/// What a store keeps when it is started anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persistence {
    /// All, or all but the last moments.
    OnDisk,
    /// Nothing.
    Nothing,
}

impl Kv {
    /// Opens the store that `url` names: `embedded:` is the file `kv.db` in `data_dir`, `redis://…` (or `rediss://…`
    /// for TLS) a server, which need not be up yet: see [`Kv::ping`].
    pub async fn open(url: &str, namespace: &str, data_dir: &Path) -> Result<Self, KvError> {
        let namespace = Namespace(namespace.into());
        if url == "embedded:" {
            return Ok(Self::Embedded(
                EmbeddedKv::open(data_dir, namespace, Content::Lasting).await?,
            ));
        }
        Self::open_server(url, namespace)
    }

    /// [`Kv::open`] of a store for what can be made again: `embedded:` is the file `cache.db`, whose last writes may
    /// be lost with the machine's power, and cost a tenth.
    pub async fn open_cache(url: &str, namespace: &str, data_dir: &Path) -> Result<Self, KvError> {
        let namespace = Namespace(namespace.into());
        if url == "embedded:" {
            return Ok(Self::Embedded(
                EmbeddedKv::open(data_dir, namespace, Content::Cached).await?,
            ));
        }
        Self::open_server(url, namespace)
    }

    fn open_server(url: &str, namespace: Namespace) -> Result<Self, KvError> {
        if url.starts_with("redis://") || url.starts_with("rediss://") {
            return Ok(Self::Redis(RedisKv::open(url, namespace)?));
        }
        Err(KvError::UnknownAddress)
    }

    /// Whether the store answers.
    pub async fn ping(&self) -> Result<(), KvError> {
        match self {
            Self::Redis(kv) => kv.ping().await,
            Self::Embedded(kv) => kv.ping().await,
        }
    }

    /// What the store keeps when it is started anew, by its own word; managed servers may not tell.
    pub async fn persistence(&self) -> Result<Persistence, KvError> {
        match self {
            Self::Redis(kv) => kv.persistence().await,
            Self::Embedded(_) => Ok(Persistence::OnDisk),
        }
    }

    /// The value under `key`, if there is one that has not expired.
    pub async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, KvError> {
        match self {
            Self::Redis(kv) => kv.get(key).await,
            Self::Embedded(kv) => kv.get(key).await,
        }
    }

    /// Stores `value`, replacing an earlier one and its lifetime. `None` = for ever.
    pub async fn set(&self, key: &str, value: &[u8], lifetime: Option<Duration>) -> Result<(), KvError> {
        match self {
            Self::Redis(kv) => kv.set(key, value, lifetime).await,
            Self::Embedded(kv) => kv.set(key, value, lifetime).await,
        }
    }

    /// Stores `value` unless there is one already. True = it was absent and is ours now: of any number that try at
    /// the same time exactly one is told so.
    pub async fn set_if_absent(&self, key: &str, value: &[u8], lifetime: Duration) -> Result<bool, KvError> {
        match self {
            Self::Redis(kv) => kv.set_if_absent(key, value, lifetime).await,
            Self::Embedded(kv) => kv.set_if_absent(key, value, lifetime).await,
        }
    }

    /// Stores `value` where `expected` still is. False when it is not, so that nothing was stored: somebody else wrote
    /// or deleted it, or its life ended.
    pub async fn replace(
        &self,
        key: &str,
        expected: &[u8],
        value: &[u8],
        lifetime: Duration,
    ) -> Result<bool, KvError> {
        match self {
            Self::Redis(kv) => kv.replace(key, expected, value, lifetime).await,
            Self::Embedded(kv) => kv.replace(key, expected, value, lifetime).await,
        }
    }

    /// The keys of values that begin with `prefix`, in order, at most `limit`. For operators: it walks the whole store.
    pub async fn list(&self, prefix: &str, limit: usize) -> Result<Vec<String>, KvError> {
        match self {
            Self::Redis(kv) => kv.list(prefix, limit).await,
            Self::Embedded(kv) => kv.list(prefix, limit).await,
        }
    }

    /// Deletes whatever is under `key`. True = there was something, and it was this call that deleted it.
    pub async fn delete(&self, key: &str) -> Result<bool, KvError> {
        match self {
            Self::Redis(kv) => kv.delete(key).await,
            Self::Embedded(kv) => kv.delete(key).await,
        }
    }

    /// How long `key` will live on; `None` when there is no such key or when it lives for ever.
    pub async fn remaining_lifetime(&self, key: &str) -> Result<Option<Duration>, KvError> {
        match self {
            Self::Redis(kv) => kv.remaining_lifetime(key).await,
            Self::Embedded(kv) => kv.remaining_lifetime(key).await,
        }
    }

    /// Counts one more in a fixed window, which begins with the first; the count so far, this one included.
    pub async fn count(&self, key: &str, window: Duration) -> Result<u64, KvError> {
        match self {
            Self::Redis(kv) => kv.count(key, window).await,
            Self::Embedded(kv) => kv.count(key, window).await,
        }
    }

    /// Takes `cost` from a bucket if it holds so much: of all that ask at once, whatever the replica, no more get through
    /// than the bucket allows.
    pub async fn take(&self, key: &str, cost: u32, bucket: Bucket) -> Result<Taken, KvError> {
        match self {
            Self::Redis(kv) => kv.take(key, cost, bucket).await,
            Self::Embedded(kv) => kv.take(key, cost, bucket).await,
        }
    }

    /// Stores a secret that [`Kv::redeem`] accepts once, replacing an earlier one. After `max_tries` wrong tries it is
    /// gone. Only its digest is kept.
    pub async fn set_secret(
        &self,
        key: &str,
        secret: &[u8],
        lifetime: Duration,
        max_tries: u32,
    ) -> Result<(), KvError> {
        let digest = digest(key, secret);
        match self {
            Self::Redis(kv) => kv.set_secret(key, &digest, lifetime, max_tries).await,
            Self::Embedded(kv) => kv.set_secret(key, &digest, lifetime, max_tries).await,
        }
    }

    /// Compares, counts a wrong try and uses the secret up in one step: of two that present the right one at the same
    /// time one is accepted.
    pub async fn redeem(&self, key: &str, presented: &[u8]) -> Result<Redeem, KvError> {
        let digest = digest(key, presented);
        match self {
            Self::Redis(kv) => kv.redeem(key, &digest).await,
            Self::Embedded(kv) => kv.redeem(key, &digest).await,
        }
    }

    /// All fields of a hash; none when there is no such hash.
    pub async fn read_hash(&self, key: &str) -> Result<BTreeMap<String, String>, KvError> {
        match self {
            Self::Redis(kv) => kv.read_hash(key).await,
            Self::Embedded(kv) => kv.read_hash(key).await,
        }
    }

    /// Reads a hash, lets `change` edit its fields and writes the differences, all as one step; gives back what
    /// `change` gave. A hash left empty is deleted. `lifetime` is counted from now on; `None` leaves it as it is.
    ///
    /// `change` must be pure: it is run again when somebody else wrote in between.
    pub async fn update_hash<R>(
        &self,
        key: &str,
        lifetime: Option<Duration>,
        change: impl FnMut(&mut BTreeMap<String, String>) -> R,
    ) -> Result<R, KvError> {
        match self {
            Self::Redis(kv) => kv.update_hash(key, lifetime, change).await,
            Self::Embedded(kv) => kv.update_hash(key, lifetime, change).await,
        }
    }
}

/// What an embedded store is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    /// What was acknowledged stays.
    Lasting,
    /// What can be made again.
    Cached,
}

/// What every key of one handle begins with.
#[derive(Clone, Debug)]
struct Namespace(Arc<str>);

impl Namespace {
    fn key(&self, key: &str) -> String {
        format!("{}:{key}", self.0)
    }
}

/// What is stored of a secret: who reads the store learns nothing, and comparing it betrays nothing by its timing.
/// The key takes part, so that equal secrets of two people do not look equal.
fn digest(key: &str, secret: &[u8]) -> String {
    let digest = Sha256::new()
        .chain_update(key)
        .chain_update([0])
        .chain_update(secret);
    STANDARD_NO_PAD.encode(digest.finalize())
}

/// A lifetime in milliseconds as both stores count it: at least one.
fn millis(lifetime: Duration) -> i64 {
    i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX).max(1)
}
