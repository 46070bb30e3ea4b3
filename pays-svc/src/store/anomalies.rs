//! Queries on `pays_anomaly`.

use chrono::{DateTime, Utc};
use common::error_codes::ErrorCode;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::anomaly::{ActiveModel, Column, Entity, Model};
use super::{Page, insert_if_new};

/// What a person must look at, or looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Anomaly {
    /// Its number, for [`resolve`].
    pub(crate) id: i64,
    /// The error code of its kind.
    pub(crate) code: u32,
    /// The trade, refund or day it is about.
    pub(crate) reference: String,
    /// What is wrong.
    pub(crate) details: String,
    /// When it was first noticed.
    pub(crate) at: DateTime<Utc>,
    /// When and by whom it was dealt with, and how.
    pub(crate) resolved: Option<(DateTime<Utc>, String, String)>,
}

impl From<Model> for Anomaly {
    fn from(row: Model) -> Self {
        let by = (
            row.resolved_by.unwrap_or_default(),
            row.resolution.unwrap_or_default(),
        );
        Self {
            id: row.id,
            code: row.code,
            reference: row.reference,
            details: row.details,
            at: row.at,
            resolved: row.resolved_at.map(|at| (at, by.0, by.1)),
        }
    }
}

/// Remembers what a person must look at. Repetitions leave no second row.
pub(crate) async fn add(
    db: &impl ConnectionTrait,
    code: ErrorCode,
    reference: &str,
    details: String,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: NotSet,
        code: Set(code.code),
        reference: Set(reference.to_owned()),
        details: Set(details),
        at: Set(now),
        resolved_at: Set(None),
        resolved_by: Set(None),
        resolution: Set(None),
    };
    insert_if_new(db, row).await?;
    Ok(())
}

/// Which anomalies to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those that wait for a person.
    Open,
    /// Those that were dealt with.
    Resolved,
}

/// A page of them, newest first.
pub(crate) async fn list(db: &impl ConnectionTrait, which: Which, page: Page) -> Result<Vec<Anomaly>, DbErr> {
    let of_kind = match which {
        Which::Open => Column::ResolvedAt.is_null(),
        Which::Resolved => Column::ResolvedAt.is_not_null(),
    };
    let rows = Entity::find()
        .filter(of_kind)
        .order_by_desc(Column::Id)
        .offset(page.skip)
        .limit(page.take)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Anomaly::from).collect())
}

/// Notes that a person dealt with it. False when somebody had before, or there is none of that number.
pub(crate) async fn resolve(
    db: &impl ConnectionTrait,
    id: i64,
    (by, how): (&str, &str),
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let moved = Entity::update_many()
        .col_expr(Column::ResolvedAt, Expr::value(now))
        .col_expr(Column::ResolvedBy, Expr::value(by))
        .col_expr(Column::Resolution, Expr::value(how))
        .filter(Column::Id.eq(id))
        .filter(Column::ResolvedAt.is_null())
        .exec(db)
        .await?;
    Ok(moved.rows_affected == 1)
}

/// Notes that the anomaly about `reference` is dealt with, if there is one.
pub(crate) async fn resolve_of(
    db: &impl ConnectionTrait,
    (code, reference): (ErrorCode, &str),
    (by, how): (&str, &str),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ResolvedAt, Expr::value(now))
        .col_expr(Column::ResolvedBy, Expr::value(by))
        .col_expr(Column::Resolution, Expr::value(how))
        .filter(Column::Code.eq(code.code))
        .filter(Column::Reference.eq(reference))
        .filter(Column::ResolvedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}
