//! The key-value store in an SQLite file: for one process, with nothing to install, and safe from `kill -9`.
//!
//! Writers take turns in the process, so that each waits for its turn rather than for the file's lock. Expired rows
//! are never seen; a few of them are swept away with every so many writes.

mod rows;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::{ConnectionTrait, DbErr};
use tokio::sync::{Mutex, MutexGuard};

use super::changes::Changes;
use super::{Bucket, Content, KvError, Namespace, Redeem, Taken};
use crate::db::{Db, WriteTxn, begin_write, retry_transient};
use rows::{
    Hash, TABLES, bury_expired_hash, delete_hash, expiry, now, prolong_hash, read_hash, sql, sweep,
    write_changes,
};

/// How long a writer waits for its turn.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections for reading are half of this.
const CONNECTIONS: u32 = 8;

/// Each so many writes sweep expired rows away.
const SWEEP_EACH: u64 = 256;

/// Microseconds in a millisecond.
const MICROS: i64 = 1000;

/// Fields of the hash that a secret is.
const DIGEST: &str = "digest";
const TRIES_LEFT: &str = "tries_left";

/// An SQLite file as a key-value store. Cheap to clone; clones share the file's connections.
#[derive(Clone, Debug)]
pub struct EmbeddedKv {
    store: Arc<Store>,
    namespace: Namespace,
}

#[derive(Debug)]
struct Store {
    db: Db,
    turn: Mutex<()>,
    writes: AtomicU64,
}

/// One writer's turn. Undone when dropped without [`Turn::commit`].
struct Turn<'a> {
    txn: WriteTxn,
    // After the transaction, as fields are dropped in this order: the next writer finds it ended.
    _turn: MutexGuard<'a, ()>,
}

impl Turn<'_> {
    async fn commit(self) -> Result<(), DbErr> {
        self.txn.commit().await
    }
}

impl EmbeddedKv {
    pub(super) async fn open(
        data_dir: &Path,
        namespace: Namespace,
        content: Content,
    ) -> Result<Self, KvError> {
        std::fs::create_dir_all(data_dir).map_err(KvError::Directory)?;
        let file = match content {
            Content::Lasting => "kv.db",
            Content::Cached => "cache.db",
        };
        let url = format!("sqlite:{}", data_dir.join(file).display());
        // Several may open a new file at the same time, and only one can set it up.
        let db = retry_transient(async || {
            let db = match content {
                Content::Lasting => Db::open(&url, CONNECTIONS).await?,
                Content::Cached => Db::open_for_cache(&url, CONNECTIONS).await?,
            };
            let txn = begin_write(&db).await?;
            for table in TABLES {
                txn.execute_unprepared(table).await?;
            }
            txn.commit().await?;
            Ok::<_, DbErr>(db)
        })
        .await?;
        Ok(Self {
            store: Arc::new(Store {
                db,
                turn: Mutex::default(),
                writes: AtomicU64::default(),
            }),
            namespace,
        })
    }

    pub(super) async fn ping(&self) -> Result<(), KvError> {
        Ok(self.store.db.ping().await?)
    }

    pub(super) async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, KvError> {
        let found = sql(
            "SELECT value FROM kv_value WHERE key = ? AND (expires_at IS NULL OR expires_at > ?)",
            [self.namespace.key(key).into(), now().into()],
        );
        let row = self.store.db.reader().query_one_raw(found).await?;
        Ok(row.map(|row| row.try_get("", "value")).transpose()?)
    }

    pub(super) async fn set(
        &self,
        key: &str,
        value: &[u8],
        lifetime: Option<Duration>,
    ) -> Result<(), KvError> {
        let turn = self.begin(key).await?;
        let expires_at = lifetime.map(expiry);
        let set = sql(
            "INSERT INTO kv_value (key, value, expires_at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE \
             SET value = excluded.value, expires_at = excluded.expires_at",
            [self.namespace.key(key).into(), value.into(), expires_at.into()],
        );
        turn.txn.execute_raw(set).await?;
        Ok(turn.commit().await?)
    }

    pub(super) async fn set_if_absent(
        &self,
        key: &str,
        value: &[u8],
        lifetime: Duration,
    ) -> Result<bool, KvError> {
        let turn = self.begin(key).await?;
        let set = sql(
            "INSERT INTO kv_value (key, value, expires_at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE \
             SET value = excluded.value, expires_at = excluded.expires_at WHERE kv_value.expires_at <= ?",
            [
                self.namespace.key(key).into(),
                value.into(),
                expiry(lifetime).into(),
                now().into(),
            ],
        );
        let is_ours = turn.txn.execute_raw(set).await?.rows_affected() == 1;
        turn.commit().await?;
        Ok(is_ours)
    }

    pub(super) async fn replace(
        &self,
        key: &str,
        expected: &[u8],
        value: &[u8],
        lifetime: Duration,
    ) -> Result<bool, KvError> {
        let turn = self.begin(key).await?;
        let replace = sql(
            "UPDATE kv_value SET value = ?, expires_at = ? \
             WHERE key = ? AND value = ? AND (expires_at IS NULL OR expires_at > ?)",
            [
                value.into(),
                expiry(lifetime).into(),
                self.namespace.key(key).into(),
                expected.into(),
                now().into(),
            ],
        );
        let was_expected = turn.txn.execute_raw(replace).await?.rows_affected() == 1;
        turn.commit().await?;
        Ok(was_expected)
    }

    pub(super) async fn list(&self, prefix: &str, limit: usize) -> Result<Vec<String>, KvError> {
        let (first, own) = (self.namespace.key(prefix), self.namespace.key(""));
        // No letter stands behind this one.
        let end = format!("{first}\u{10ffff}");
        let keys = sql(
            "SELECT key FROM kv_value WHERE key >= ? AND key < ? AND (expires_at IS NULL OR expires_at > ?) \
             ORDER BY key LIMIT ?",
            [
                first.into(),
                end.into(),
                now().into(),
                i64::try_from(limit).unwrap_or(i64::MAX).into(),
            ],
        );
        let rows = self.store.db.reader().query_all_raw(keys).await?;
        let keys = rows.iter().map(|row| {
            let key: String = row.try_get("", "key")?;
            Ok(key.strip_prefix(&own).unwrap_or(&key).to_owned())
        });
        Ok(keys.collect::<Result<_, DbErr>>()?)
    }

    pub(super) async fn delete(&self, key: &str) -> Result<bool, KvError> {
        let turn = self.begin(key).await?;
        let key = self.namespace.key(key);
        bury_expired_hash(&turn.txn, &key).await?;
        let value = sql(
            "DELETE FROM kv_value WHERE key = ? RETURNING expires_at IS NULL OR expires_at > ? AS lived",
            [key.as_str().into(), now().into()],
        );
        let value = turn.txn.query_one_raw(value).await?;
        let had_value = value.map(|row| row.try_get("", "lived")).transpose()?;
        let had_hash = delete_hash(&turn.txn, &key).await?;
        turn.commit().await?;
        Ok(had_value.unwrap_or(false) || had_hash)
    }

    pub(super) async fn remaining_lifetime(&self, key: &str) -> Result<Option<Duration>, KvError> {
        let key = self.namespace.key(key);
        let now = now();
        let found = sql(
            "SELECT expires_at FROM kv_value WHERE key = ? AND expires_at > ? \
             UNION ALL SELECT expires_at FROM kv_hash_life WHERE key = ? AND expires_at > ?",
            [key.as_str().into(), now.into(), key.as_str().into(), now.into()],
        );
        let Some(row) = self.store.db.reader().query_one_raw(found).await? else {
            return Ok(None);
        };
        let expires_at: i64 = row.try_get("", "expires_at")?;
        Ok(Some(Duration::from_millis(expires_at.abs_diff(now))))
    }

    pub(super) async fn count(&self, key: &str, window: Duration) -> Result<u64, KvError> {
        let turn = self.begin(key).await?;
        let now = now();
        // Digits, as Redis has them, so that `get` reads the same in both stores.
        let count = sql(
            "INSERT INTO kv_value (key, value, expires_at) VALUES (?, CAST('1' AS BLOB), ?) \
             ON CONFLICT (key) DO UPDATE SET \
             value = CASE WHEN kv_value.expires_at <= ? THEN excluded.value \
                     ELSE CAST(CAST(CAST(kv_value.value AS INTEGER) + 1 AS TEXT) AS BLOB) END, \
             expires_at = CASE WHEN kv_value.expires_at <= ? THEN excluded.expires_at ELSE kv_value.expires_at END \
             RETURNING CAST(value AS INTEGER) AS count",
            [
                self.namespace.key(key).into(),
                expiry(window).into(),
                now.into(),
                now.into(),
            ],
        );
        let row = turn.txn.query_one_raw(count).await?;
        let count: Option<i64> = row.map(|row| row.try_get("", "count")).transpose()?;
        turn.commit().await?;
        Ok(count.unwrap_or_default().unsigned_abs())
    }

    pub(super) async fn take(&self, key: &str, cost: u32, bucket: Bucket) -> Result<Taken, KvError> {
        let turn = self.begin(key).await?;
        let key = self.namespace.key(key);
        let found = sql("SELECT value FROM kv_value WHERE key = ?", [key.as_str().into()]);
        let row = turn.txn.query_one_raw(found).await?;
        let stored: Option<Vec<u8>> = row.map(|row| row.try_get("", "value")).transpose()?;
        let full_at = stored.and_then(|value| std::str::from_utf8(&value).ok()?.parse().ok());
        let now_micros = now().saturating_mul(MICROS);
        let next = match bucket.take(full_at.unwrap_or(now_micros), now_micros, cost) {
            Ok(next) => next,
            Err(wait) => return Ok(Taken::Refused { wait }),
        };
        let set = sql(
            "INSERT INTO kv_value (key, value, expires_at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE \
             SET value = excluded.value, expires_at = excluded.expires_at",
            [
                key.into(),
                next.to_string().into_bytes().into(),
                (next / MICROS + 1).into(),
            ],
        );
        turn.txn.execute_raw(set).await?;
        turn.commit().await?;
        Ok(Taken::Allowed)
    }

    pub(super) async fn set_secret(
        &self,
        key: &str,
        digest: &str,
        lifetime: Duration,
        max_tries: u32,
    ) -> Result<(), KvError> {
        self.update_hash(key, Some(lifetime), |secret| {
            secret.insert(DIGEST.into(), digest.into());
            secret.insert(TRIES_LEFT.into(), max_tries.to_string());
        })
        .await
    }

    pub(super) async fn redeem(&self, key: &str, digest: &str) -> Result<Redeem, KvError> {
        self.update_hash(key, None, |secret| match secret.get(DIGEST) {
            None => Redeem::Missing,
            Some(stored) if stored == digest => {
                secret.clear();
                Redeem::Accepted
            }
            Some(_) => {
                let tries = secret.get(TRIES_LEFT).and_then(|tries| tries.parse().ok());
                match u32::saturating_sub(tries.unwrap_or_default(), 1) {
                    0 => secret.clear(),
                    left => drop(secret.insert(TRIES_LEFT.into(), left.to_string())),
                }
                Redeem::Wrong
            }
        })
        .await
    }

    pub(super) async fn read_hash(&self, key: &str) -> Result<Hash, KvError> {
        Ok(read_hash(self.store.db.reader(), &self.namespace.key(key)).await?)
    }

    pub(super) async fn update_hash<R>(
        &self,
        key: &str,
        lifetime: Option<Duration>,
        mut change: impl FnMut(&mut Hash) -> R,
    ) -> Result<R, KvError> {
        let turn = self.begin(key).await?;
        let key = self.namespace.key(key);
        bury_expired_hash(&turn.txn, &key).await?;
        let before = read_hash(&turn.txn, &key).await?;
        let mut after = before.clone();
        let outcome = change(&mut after);
        write_changes(&turn.txn, &key, &Changes::between(&before, &after)).await?;
        if after.is_empty() {
            delete_hash(&turn.txn, &key).await?;
        } else if let Some(lifetime) = lifetime {
            prolong_hash(&turn.txn, &key, lifetime).await?;
        }
        turn.commit().await?;
        Ok(outcome)
    }

    async fn begin(&self, key: &str) -> Result<Turn<'_>, KvError> {
        let Ok(turn) = tokio::time::timeout(TURN_TIMEOUT, self.store.turn.lock()).await else {
            return Err(KvError::Contended { key: key.to_owned() });
        };
        let txn = begin_write(&self.store.db).await?;
        if self.store.writes.fetch_add(1, Ordering::Relaxed) % SWEEP_EACH == SWEEP_EACH - 1 {
            sweep(&txn).await?;
        }
        Ok(Turn { txn, _turn: turn })
    }
}
