//! The inbox: which events a consumer has applied, remembered in the transaction of their effect.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use uuid::Uuid;

use crate::crashpoint;
use crate::db::WriteTxn;

/// Notes in `txn` that `consumer` (at most 40 letters) applies the event. False when it did before: then the caller
/// changes nothing. Another transaction that applies the same event waits for this one to end.
pub async fn first_time(
    txn: &WriteTxn,
    consumer: &str,
    event_id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let backend = txn.get_database_backend();
    let sql = match backend {
        DbBackend::MySql => "INSERT IGNORE INTO inbox (consumer, event_id, at) VALUES (?, ?, ?)",
        _ => "INSERT INTO inbox (consumer, event_id, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    };
    let values = [consumer.into(), event_id.to_string().into(), now.into()];
    let inserted = txn
        .execute_raw(Statement::from_sql_and_values(backend, sql, values))
        .await?;
    crashpoint!("event_before_commit");
    Ok(inserted.rows_affected() == 1)
}
