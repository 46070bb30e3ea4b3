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
