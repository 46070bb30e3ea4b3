//! Queries on `pays_reconciliation`, and the lines of our books that a bill is compared with.

use chrono::{DateTime, NaiveDate, Utc};
use common::money::Fen;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    Statement,
};

use super::entity::reconciliation::{ActiveModel, Column, Entity, Model, State};
use super::{Page, insert_if_new};
use crate::domain::bill::{Entry, Kind};

/// A day that is to be compared, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    /// `2026-11-21`.
    pub(crate) bill_date: String,
    /// `waiting`, `matches` or `differs`.
    pub(crate) state: &'static str,
    /// How many differences were found.
    pub(crate) differences: u32,
    /// The differences, one a line.
    pub(crate) details: String,
    /// How often it was tried.
    pub(crate) tries: u32,
    /// When the job looks again, if ever.
    pub(crate) next_at: Option<DateTime<Utc>>,
}

impl From<Model> for Day {
    fn from(row: Model) -> Self {
        let state = match row.state {
            State::Waiting => "waiting",
            State::Matches => "matches",
            State::Differs => "differs",
        };
        Self {
            bill_date: row.bill_date,
            state,
            differences: row.differences,
            details: row.details,
            tries: row.tries,
            next_at: row.next_at,
        }
    }
}

/// Plans to compare the books of `date` at `at`, unless that was planned before.
pub(crate) async fn plan(
    db: &impl ConnectionTrait,
    date: NaiveDate,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        bill_date: Set(date.to_string()),
        state: Set(State::Waiting),
        differences: Set(0),
        details: Set(String::new()),
        tries: Set(0),
        next_at: Set(Some(at)),
        updated_at: Set(now),
    };
    insert_if_new(db, row).await?;
    Ok(())
}

/// The days that are to be compared by now, oldest first.
pub(crate) async fn due(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Day>, DbErr> {
    let rows = Entity::find()
        .filter(Column::NextAt.lte(now))
        .order_by_asc(Column::NextAt)
        .limit(limit)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Day::from).collect())
}

/// Makes `day` ours until `until`, or plans its next try. False when another replica did since it was read.
pub(crate) async fn postpone(
    db: &impl ConnectionTrait,
    day: &Day,
    until: Option<DateTime<Utc>>,
    why: &str,
) -> Result<bool, DbErr> {
    let moved = Entity::update_many()
        .col_expr(Column::NextAt, Expr::value(until))
        .col_expr(Column::Tries, Expr::value(day.tries + 1))
        .col_expr(Column::Details, Expr::value(why))
        .filter(Column::BillDate.eq(day.bill_date.as_str()))
        .filter(Column::Tries.eq(day.tries))
        .exec(db)
        .await?;
    Ok(moved.rows_affected == 1)
}

/// Keeps what comparing brought: nothing means that all is well. The newest result counts.
pub(crate) async fn record(
    db: &impl ConnectionTrait,
    date: NaiveDate,
    differences: &[String],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let state = match differences {
        [] => State::Matches,
        [_, ..] => State::Differs,
    };
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(
            Column::Differences,
            Expr::value(u32::try_from(differences.len()).unwrap_or(u32::MAX)),
        )
        .col_expr(Column::Details, Expr::value(differences.join("\n")))
        .col_expr(Column::NextAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::BillDate.eq(date.to_string()))
        .exec(db)
        .await?;
    Ok(())
}

/// A page of days, newest first.
pub(crate) async fn list(db: &impl ConnectionTrait, page: Page) -> Result<Vec<Day>, DbErr> {
    let rows = Entity::find()
        .order_by_desc(Column::BillDate)
        .offset(page.skip)
        .limit(page.take)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Day::from).collect())
}

#[derive(FromQueryResult)]
struct Leg {
    movement: String,
    order_id: String,
    trade_no: String,
    amount: i64,
}

/// What moved at the provider between two times, by our ledger. Money paid back by hand is no business of the provider.
pub(crate) async fn entries(
    db: &impl ConnectionTrait,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<Entry>, DbErr> {
    let sql = "SELECT movement, order_id, trade_no, amount FROM pays_ledger \
               WHERE moved_at >= ? AND moved_at < ? AND account = 'provider' ORDER BY moved_at";
    read(db, sql, vec![from.into(), to.into()]).await
}

/// What a movement says, whenever it was: for lines of a bill that our books have under another day.
pub(crate) async fn entry(db: &impl ConnectionTrait, entry: &Entry) -> Result<Option<Entry>, DbErr> {
    let sql = "SELECT movement, order_id, trade_no, amount FROM pays_ledger \
               WHERE movement = ? AND account = 'provider'";
    let found = read(db, sql, vec![entry.movement().into()]).await?;
    Ok(found.into_iter().next())
}

async fn read(
    db: &impl ConnectionTrait,
    sql: &str,
    values: Vec<sea_orm::Value>,
) -> Result<Vec<Entry>, DbErr> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let legs = Leg::find_by_statement(statement).all(db).await?;
    let entry = |leg: Leg| {
        let kind = match leg.movement.strip_prefix("refund:") {
            Some(number) => Kind::Refund(number.to_owned()),
            None => Kind::Payment,
        };
        Entry {
            kind,
            trade_no: leg.trade_no,
            order_id: leg.order_id,
            amount: Fen(leg.amount),
        }
    };
    Ok(legs.into_iter().map(entry).collect())
}
