//! The tables of the embedded store and the statements on them.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};

use crate::db::WriteTxn;
use crate::kv::changes::Changes;
use crate::kv::millis;

/// Times are milliseconds since 1970; NULL, or no row in `kv_hash_life`, is for ever. A secret is a hash.
pub(super) const TABLES: [&str; 5] = [
    "CREATE TABLE IF NOT EXISTS kv_value (key TEXT PRIMARY KEY, value BLOB NOT NULL, expires_at INTEGER)",
    "CREATE INDEX IF NOT EXISTS kv_value_expires_at ON kv_value (expires_at) WHERE expires_at IS NOT NULL",
    "CREATE TABLE IF NOT EXISTS kv_hash (key TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, \
     PRIMARY KEY (key, field)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS kv_hash_life (key TEXT PRIMARY KEY, expires_at INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS kv_hash_life_expires_at ON kv_hash_life (expires_at)",
];

/// One sweep takes at most so many keys of a table.
const SWEEP_ROWS: i64 = 500;

pub(super) type Hash = BTreeMap<String, String>;

pub(super) async fn read_hash(db: &impl ConnectionTrait, key: &str) -> Result<Hash, DbErr> {
    let fields = sql(
        "SELECT field, value FROM kv_hash WHERE key = ? \
         AND NOT EXISTS (SELECT 1 FROM kv_hash_life WHERE key = ? AND expires_at <= ?)",
        [key.into(), key.into(), now().into()],
    );
    let rows = db.query_all_raw(fields).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "field")?, row.try_get("", "value")?)))
        .collect()
}

pub(super) async fn write_changes(txn: &WriteTxn, key: &str, changes: &Changes) -> Result<(), DbErr> {
    for (field, value) in &changes.written {
        txn.execute_raw(sql(
            "INSERT INTO kv_hash (key, field, value) VALUES (?, ?, ?) \
             ON CONFLICT (key, field) DO UPDATE SET value = excluded.value",
            [key.into(), field.as_str().into(), value.as_str().into()],
        ))
        .await?;
    }
    for field in &changes.removed {
        let values = [key.into(), field.as_str().into()];
        txn.execute_raw(sql("DELETE FROM kv_hash WHERE key = ? AND field = ?", values))
            .await?;
    }
    Ok(())
}

pub(super) async fn prolong_hash(txn: &WriteTxn, key: &str, lifetime: Duration) -> Result<(), DbErr> {
    txn.execute_raw(sql(
        "INSERT INTO kv_hash_life (key, expires_at) VALUES (?, ?) \
         ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at",
        [key.into(), expiry(lifetime).into()],
    ))
    .await?;
    Ok(())
}

/// True when there was one.
pub(super) async fn delete_hash(txn: &WriteTxn, key: &str) -> Result<bool, DbErr> {
    txn.execute_raw(sql("DELETE FROM kv_hash_life WHERE key = ?", [key.into()]))
        .await?;
    let fields = sql("DELETE FROM kv_hash WHERE key = ?", [key.into()]);
    Ok(txn.execute_raw(fields).await?.rows_affected() > 0)
}

/// Before a hash is written: what an expired one of this name left must not come back to life.
pub(super) async fn bury_expired_hash(txn: &WriteTxn, key: &str) -> Result<(), DbErr> {
    let life = sql(
        "DELETE FROM kv_hash_life WHERE key = ? AND expires_at <= ?",
        [key.into(), now().into()],
    );
    if txn.execute_raw(life).await?.rows_affected() > 0 {
        delete_hash(txn, key).await?;
    }
    Ok(())
}

pub(super) async fn sweep(txn: &WriteTxn) -> Result<(), DbErr> {
    const VALUES: &str = "DELETE FROM kv_value WHERE key IN \
        (SELECT key FROM kv_value WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)";
    const HASHES: &str = "DELETE FROM kv_hash WHERE key IN \
        (SELECT key FROM kv_hash_life WHERE expires_at <= ? ORDER BY expires_at, key LIMIT ?)";
    const LIVES: &str = "DELETE FROM kv_hash_life WHERE key IN \
        (SELECT key FROM kv_hash_life WHERE expires_at <= ? ORDER BY expires_at, key LIMIT ?)";
    let now = now();
    for statement in [VALUES, HASHES, LIVES] {
        txn.execute_raw(sql(statement, [now.into(), SWEEP_ROWS.into()]))
            .await?;
    }
    Ok(())
}

pub(super) fn sql<const N: usize>(statement: &str, values: [Value; N]) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, statement, values)
}

/// The present in milliseconds since 1970.
pub(super) fn now() -> i64 {
    match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => millis(since),
        // A clock before 1970: everything that expires lives on, as if it had only just been written.
        Err(_before_1970) => 0,
    }
}

pub(super) fn expiry(lifetime: Duration) -> i64 {
    now().saturating_add(millis(lifetime))
}
