//! Work of the jobs: which orders are due, and claiming one, so that replicas share the work.

use chrono::{DateTime, Utc};
use common::contracts::ids::{OrderId, UserId};
use common::db::Db;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::entity::order::{Column, Entity};
use super::orders::order_id;
use crate::domain::order_state::OrderStatus;

/// An order that is due.
#[derive(Clone, Debug)]
pub struct Due {
    /// The order.
    pub id: OrderId,
    /// Its buyer.
    pub user_id: UserId,
    /// Since when it is due.
    pub since: DateTime<Utc>,
}

/// At most `limit` unpaid orders whose deadline has passed and that nobody works on, longest overdue first.
pub async fn unpaid(db: &Db, now: DateTime<Utc>, limit: usize) -> Result<Vec<Due>, DbErr> {
    let due = free(OrderStatus::Pending, now)
        .filter(Column::PayDeadline.lte(now))
        .column(Column::PayDeadline)
        .order_by_asc(Column::PayDeadline);
    read(db, due, limit).await
}

/// At most `limit` checkouts begun at or before `begun` that nobody works on, oldest first.
pub async fn half_made(
    db: &Db,
    begun: DateTime<Utc>,
    now: DateTime<Utc>,
    limit: usize,
) -> Result<Vec<Due>, DbErr> {
    let due = free(OrderStatus::Creating, now)
        .filter(Column::CreatedTime.lte(begun))
        .column(Column::CreatedTime)
        .order_by_asc(Column::OrderId);
    read(db, due, limit).await
}

/// At most `limit` shipped orders whose time is over, longest overdue first.
pub async fn shipped(db: &Db, now: DateTime<Utc>, limit: usize) -> Result<Vec<Due>, DbErr> {
    let due = Entity::find()
        .select_only()
        .columns([Column::OrderId, Column::UserProfileId, Column::CompleteAt])
        .filter(Column::CompleteAt.lte(now))
        .filter(Column::Status.eq(OrderStatus::Shipped.number()))
        .order_by_asc(Column::CompleteAt);
    read(db, due, limit).await
}

/// Gives a claimed order back to the jobs at `at`: nothing can be done for it before.
pub async fn put_off(db: &Db, id: &OrderId, at: DateTime<Utc>) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ClaimedUntil, Expr::value(at))
        .filter(Column::OrderId.eq(id.as_str()))
        .exec(db.writer())
        .await?;
    Ok(())
}

/// Claims an order in `status` until `until`. False when another replica was faster, or the order moved on.
pub async fn claim(
    db: &Db,
    id: &OrderId,
    status: OrderStatus,
    (now, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<bool, DbErr> {
    let claimed = Entity::update_many()
        .col_expr(Column::ClaimedUntil, Expr::value(until))
        .filter(Column::OrderId.eq(id.as_str()))
        .filter(Column::Status.eq(status.number()))
        .filter(unclaimed(now))
        .exec(db.writer())
        .await?;
    Ok(claimed.rows_affected == 1)
}

fn unclaimed(now: DateTime<Utc>) -> Condition {
    Condition::any()
        .add(Column::ClaimedUntil.is_null())
        .add(Column::ClaimedUntil.lt(now))
}

fn free(status: OrderStatus, now: DateTime<Utc>) -> Select<Entity> {
    Entity::find()
        .select_only()
        .columns([Column::OrderId, Column::UserProfileId])
        .filter(Column::Status.eq(status.number()))
        .filter(unclaimed(now))
}

async fn read(db: &Db, due: Select<Entity>, limit: usize) -> Result<Vec<Due>, DbErr> {
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    let due = due.limit(limit).into_tuple();
    let rows: Vec<(String, i64, DateTime<Utc>)> = due.all(db.reader()).await?;
    rows.into_iter()
        .map(|(id, user_id, since)| {
            Ok(Due {
                id: order_id(id)?,
                user_id: UserId(user_id),
                since,
            })
        })
        .collect()
}
