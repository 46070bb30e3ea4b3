//! The row by which start-up proves the isolation level: what one connection changes, a transaction on another must see.

use common::db::{Db, WriteTxn};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

const TABLE: &str = "orders_isolation_probe";

/// Whether there is something to prove: SQLite has one writer, and nobody beside it.
pub fn has_levels(db: &Db) -> bool {
    db.writer().get_database_backend() == DbBackend::MySql
}

/// Makes the row, if it is not there.
pub async fn fill(db: &Db) -> Result<(), DbErr> {
    let sql = format!("INSERT IGNORE INTO {TABLE} (id, looked_at) VALUES (1, 0)");
    db.writer().execute_unprepared(&sql).await?;
    Ok(())
}

/// Changes the row. Not over `writer`: with a pool of one connection that would wait for the transaction to end.
pub async fn step(db: &Db) -> Result<(), DbErr> {
    let sql = format!("UPDATE {TABLE} SET looked_at = looked_at + 1 WHERE id = 1");
    db.reader().execute_unprepared(&sql).await?;
    Ok(())
}

/// What the transaction sees.
pub async fn read(txn: &WriteTxn) -> Result<Option<i64>, DbErr> {
    let sql = format!("SELECT looked_at FROM {TABLE} WHERE id = 1");
    let row = txn
        .query_one_raw(Statement::from_string(DbBackend::MySql, sql))
        .await?;
    row.map(|row| row.try_get_by_index(0)).transpose()
}
