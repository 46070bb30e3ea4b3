//! Queries on `pays_notify_log`.

use chrono::{DateTime, Utc};
use ring::digest::{SHA256, digest};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::entity::notify_log::{ActiveModel, Column, Entity, Model};
use super::insert_if_new;
use crate::domain::trade::Notice;

/// Remembers a rightly signed notify and what became of it. False for a repetition, which leaves no second row.
pub(crate) async fn add(
    db: &impl ConnectionTrait,
    notice: &Notice,
    verdict: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let row = ActiveModel {
        id: NotSet,
        notify_id: Set(notice.notify_id.clone()),
        digest: Set(digest_of(notice)),
        raw: Set(notice.evidence.clone()),
        verdict: Set(verdict.to_owned()),
        at: Set(now),
        out_trade_no: Set(Some(notice.trade.out_trade_no.clone())),
        times: Set(1),
        last_verdict: Set(Some(verdict.to_owned())),
        last_at: Set(Some(now)),
    };
    insert_if_new(db, row).await
}

fn digest_of(notice: &Notice) -> String {
    let hash = digest(&SHA256, notice.evidence.as_bytes());
    hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Counts a repetition, and puts what became of it beside what did the first time. Not in the transaction that found
/// it to be one: on MariaDB many at once would each keep the row from all others.
pub(crate) async fn count_repetition(
    db: &impl ConnectionTrait,
    notice: &Notice,
    verdict: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Times, Expr::col(Column::Times).add(1))
        .col_expr(Column::LastVerdict, Expr::value(verdict))
        .col_expr(Column::LastAt, Expr::value(now))
        .filter(Column::NotifyId.eq(notice.notify_id.as_str()))
        .filter(Column::Digest.eq(digest_of(notice)))
        .exec(db)
        .await?;
    Ok(())
}

/// A notify as it was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Logged {
    /// What was signed, one field a line, without the buyer's personal fields.
    pub(crate) raw: String,
    /// What became of it the first time, and when.
    pub(crate) verdict: String,
    /// When it first came.
    pub(crate) at: DateTime<Utc>,
    /// How often it came.
    pub(crate) times: i32,
    /// What became of it the last time.
    pub(crate) last_verdict: String,
}

impl From<Model> for Logged {
    fn from(row: Model) -> Self {
        Self {
            raw: row.raw,
            last_verdict: row.last_verdict.unwrap_or_else(|| row.verdict.clone()),
            verdict: row.verdict,
            at: row.at,
            times: row.times,
        }
    }
}

/// The notifies about an order, oldest first.
pub(crate) async fn of_order(db: &impl ConnectionTrait, order: &str) -> Result<Vec<Logged>, DbErr> {
    let rows = Entity::find()
        .filter(Column::OutTradeNo.eq(order))
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Logged::from).collect())
}
