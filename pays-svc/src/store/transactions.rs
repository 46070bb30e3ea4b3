//! Queries on `pays_transaction`.

use chrono::{DateTime, Utc};
use common::contracts::ids::OrderId;
use common::money::Fen;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::entity::transaction::{ActiveModel, Column, Entity, Model, Source};
use super::{insert_if_new, order_id};
use crate::domain::trade::{Receipt, ReceiptSource};

impl From<ReceiptSource> for Source {
    fn from(source: ReceiptSource) -> Self {
        match source {
            ReceiptSource::Notify => Self::Notify,
            ReceiptSource::Query => Self::Query,
        }
    }
}

impl From<Source> for ReceiptSource {
    fn from(source: Source) -> Self {
        match source {
            Source::Notify => Self::Notify,
            Source::Query => Self::Query,
        }
    }
}

fn to_domain(row: Model) -> Result<Receipt, DbErr> {
    Ok(Receipt {
        order_id: order_id(row.order_id)?,
        trade_no: row.trade_no,
        amount: Fen(row.amount),
        source: row.source.into(),
        paid_at: row.paid_at,
    })
}

/// Adds verified money. False when the trade was recorded before, for whatever order.
pub(crate) async fn add(
    db: &impl ConnectionTrait,
    receipt: &Receipt,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let row = ActiveModel {
        trade_no: Set(receipt.trade_no.clone()),
        order_id: Set(receipt.order_id.to_string()),
        amount: Set(receipt.amount.0),
        refund_total: Set(0),
        source: Set(receipt.source.into()),
        paid_at: Set(receipt.paid_at),
        created_at: Set(now),
    };
    insert_if_new(db, row).await
}

/// What a trade brought in.
pub(crate) async fn find(db: &impl ConnectionTrait, trade_no: &str) -> Result<Option<Receipt>, DbErr> {
    let row = Entity::find_by_id(trade_no).one(db).await?;
    row.map(to_domain).transpose()
}

/// The money that paid an order: the first of exactly `amount`, should more have come.
pub(crate) async fn first_of(
    db: &impl ConnectionTrait,
    order: &OrderId,
    amount: Fen,
) -> Result<Option<Receipt>, DbErr> {
    let row = Entity::find()
        .filter(Column::OrderId.eq(order.as_str()))
        .filter(Column::Amount.eq(amount.0))
        .order_by_asc(Column::CreatedAt)
        .one(db)
        .await?;
    row.map(to_domain).transpose()
}

/// All money that came for an order, oldest first, each with what of it went back or is on its way.
pub(crate) async fn of_order(db: &impl ConnectionTrait, order: &str) -> Result<Vec<(Receipt, Fen)>, DbErr> {
    let rows = Entity::find()
        .filter(Column::OrderId.eq(order))
        .order_by_asc(Column::CreatedAt)
        .all(db)
        .await?;
    let with_refunds = |row: Model| {
        let refunded = Fen(row.refund_total);
        Ok((to_domain(row)?, refunded))
    };
    rows.into_iter().map(with_refunds).collect()
}

/// Sets `amount` of what a trade brought in for `order` aside for a refund. False when so much is not there any more:
/// however many ask at once, never more goes back than came.
pub(crate) async fn set_aside(
    db: &impl ConnectionTrait,
    (trade_no, order): (&str, &OrderId),
    amount: Fen,
) -> Result<bool, DbErr> {
    let moved = Entity::update_many()
        .col_expr(Column::RefundTotal, Expr::col(Column::RefundTotal).add(amount.0))
        .filter(Column::TradeNo.eq(trade_no))
        .filter(Column::OrderId.eq(order.as_str()))
        .filter(
            Expr::col(Column::RefundTotal)
                .add(amount.0)
                .lte(Expr::col(Column::Amount)),
        )
        .exec(db)
        .await?;
    Ok(moved.rows_affected == 1)
}

/// Takes back what was set aside for a refund that will not be.
pub(crate) async fn put_back(db: &impl ConnectionTrait, trade_no: &str, amount: Fen) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::RefundTotal, Expr::col(Column::RefundTotal).sub(amount.0))
        .filter(Column::TradeNo.eq(trade_no))
        .exec(db)
        .await?;
    Ok(())
}
