//! Forgetting: published events and remembered inbox entries go after a while, a few hundred at a time.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ConnectionTrait, DbErr};

use crate::db::Db;

/// Published events stay this long, for people who look into a case.
const OUTBOX_KEPT: TimeDelta = TimeDelta::days(7);

/// A message can be replayed from its parking place for this long without being applied twice.
const INBOX_KEPT: TimeDelta = TimeDelta::days(30);

/// Rows of one DELETE, and DELETEs of one visit to a table.
const SLICE_ROWS: u64 = 500;
const SLICES: usize = 40;

/// Deletes old rows of `outbox` and `inbox`.
pub async fn sweep(db: &Db, now: DateTime<Utc>) -> Result<(), DbErr> {
    sweep_table(db, "outbox", "published_at", now - OUTBOX_KEPT).await?;
    sweep_table(db, "inbox", "at", now - INBOX_KEPT).await
}

/// Deletes the rows of `table` whose indexed time `column` lies before `limit`, oldest first.
async fn sweep_table(
    db: &Db,
    table: &'static str,
    column: &'static str,
    limit: DateTime<Utc>,
) -> Result<(), DbErr> {
    for _ in 0..SLICES {
        // Neither engine deletes with a limit in a way that the other understands: so the slice's last time first.
        let last_of_slice = Query::select()
            .column(column)
            .from(table)
            .and_where(Expr::col(column).lt(limit))
            .order_by(column, Order::Asc)
            .limit(1)
            .offset(SLICE_ROWS - 1)
            .to_owned();
        let found = db.reader().query_one(&last_of_slice).await?;
        let last: Option<DateTime<Utc>> = found.map(|row| row.try_get("", column)).transpose()?;
        let old = last.map_or_else(|| Expr::col(column).lt(limit), |last| Expr::col(column).lte(last));
        let delete = Query::delete().from_table(table).and_where(old).to_owned();
        db.writer().execute(&delete).await?;
        if last.is_none() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::outbox::create_tables;
    use sea_orm::Statement;
    use sea_orm_migration::SchemaManager;

    /// Adds `count` inbox entries of `age`.
    async fn remember(db: &Db, count: u64, age: TimeDelta) {
        let at = Clock::System.now() - age;
        let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) \
                   INSERT INTO inbox SELECT 'test', ? || i, ? FROM n";
        let values = [count.into(), age.num_days().to_string().into(), at.into()];
        let backend = db.writer().get_database_backend();
        let insert = Statement::from_sql_and_values(backend, sql, values);
        db.writer().execute_raw(insert).await.unwrap();
    }

    async fn remembered(db: &Db) -> i64 {
        let count = Query::select()
            .expr(Expr::cust("COUNT(*)"))
            .from("inbox")
            .to_owned();
        let row = db.reader().query_one(&count).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    #[tokio::test]
    async fn what_is_older_than_its_term_is_forgotten_and_the_rest_is_kept() {
        let data_dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}/test.db", data_dir.path().display());
        let db = Db::open(&url, 1).await.unwrap();
        create_tables(&SchemaManager::new(db.writer())).await.unwrap();
        for (count, days) in [(700, 40), (600, 31), (50, 29)] {
            remember(&db, count, TimeDelta::days(days)).await;
        }
        sweep(&db, Clock::System.now()).await.unwrap();
        assert_eq!(remembered(&db).await, 50);
        db.close().await.unwrap();
    }
}
