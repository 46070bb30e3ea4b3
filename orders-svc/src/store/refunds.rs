//! Refunds of orders' money.

use chrono::{DateTime, Utc};
use common::contracts::ids::OrderId;
use common::db::WriteTxn;
use common::money::Fen;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::entity::refund::{ActiveModel, Column, Entity, Model};
use super::orders::order_id;
use crate::domain::refund::{Refund, RefundStatus, Scope};

/// Most refunds of one order that are shown.
const LIMIT_OF_ORDER: u64 = 100;

/// Notes a refund down.
pub async fn insert(txn: &WriteTxn, refund: &Refund) -> Result<(), DbErr> {
    let row = ActiveModel {
        refund_no: ActiveValue::Set(refund.refund_no.clone()),
        order_id: ActiveValue::Set(refund.order_id.to_string()),
        amount: ActiveValue::Set(refund.amount.0),
        status: ActiveValue::Set(refund.status.number()),
        is_closing: ActiveValue::Set(refund.scope == Scope::Closing),
        reason: ActiveValue::Set(refund.reason.clone()),
        asked_by: ActiveValue::Set(refund.asked_by.clone()),
        created_time: ActiveValue::Set(refund.created_at),
        updated_time: ActiveValue::Set(refund.updated_at),
    };
    Entity::insert(row).exec_without_returning(txn).await?;
    Ok(())
}

/// Moves a refund from `refund.status` to `to`; its amount and scope become those given. False when it stands
/// elsewhere by now.
pub async fn move_on(
    txn: &WriteTxn,
    refund: &Refund,
    to: RefundStatus,
    at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let moved = Entity::update_many()
        .col_expr(Column::Status, Expr::value(to.number()))
        .col_expr(Column::Amount, Expr::value(refund.amount.0))
        .col_expr(Column::IsClosing, Expr::value(refund.scope == Scope::Closing))
        .col_expr(Column::UpdatedTime, Expr::value(at))
        .filter(Column::RefundNo.eq(refund.refund_no.as_str()))
        .filter(Column::Status.eq(refund.status.number()))
        .exec(txn)
        .await?;
    Ok(moved.rows_affected == 1)
}

/// The order's refund of that number.
pub async fn find(
    db: &impl ConnectionTrait,
    order: &OrderId,
    refund_no: &str,
) -> Result<Option<Refund>, DbErr> {
    let own = Entity::find_by_id(refund_no).filter(Column::OrderId.eq(order.as_str()));
    own.one(db).await?.map(Refund::try_from).transpose()
}

/// The refunds of an order, oldest first.
pub async fn of_order(db: &impl ConnectionTrait, order: &OrderId) -> Result<Vec<Refund>, DbErr> {
    let own = Entity::find()
        .filter(Column::OrderId.eq(order.as_str()))
        .order_by_asc(Column::CreatedTime)
        .order_by_asc(Column::RefundNo)
        .limit(LIMIT_OF_ORDER);
    own.all(db).await?.into_iter().map(Refund::try_from).collect()
}

/// At most `limit` refunds in `status`, those that wait longest first.
pub async fn in_status(
    db: &impl ConnectionTrait,
    status: RefundStatus,
    limit: u64,
) -> Result<Vec<Refund>, DbErr> {
    let waiting = Entity::find()
        .filter(Column::Status.eq(status.number()))
        .order_by_asc(Column::CreatedTime)
        .limit(limit);
    waiting.all(db).await?.into_iter().map(Refund::try_from).collect()
}

impl TryFrom<Model> for Refund {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        let status = RefundStatus::from_number(row.status)
            .ok_or_else(|| DbErr::Type(format!("refund {} has status {}", row.refund_no, row.status)))?;
        Ok(Self {
            refund_no: row.refund_no,
            order_id: order_id(row.order_id)?,
            amount: Fen(row.amount),
            status,
            scope: if row.is_closing {
                Scope::Closing
            } else {
                Scope::Partial
            },
            reason: row.reason,
            asked_by: row.asked_by,
            created_at: row.created_time,
            updated_at: row.updated_time,
        })
    }
}
