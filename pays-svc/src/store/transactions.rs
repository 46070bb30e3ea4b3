//! Queries on `pays_transaction`.

use chrono::{DateTime, Utc};
use common::contracts::ids::OrderId;
use common::money::Fen;
use sea_orm::ActiveValue::Set;
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

/// The money that paid an order: the first of it, should more have come.
pub(crate) async fn first_of(db: &impl ConnectionTrait, order: &OrderId) -> Result<Option<Receipt>, DbErr> {
    let row = Entity::find()
        .filter(Column::OrderId.eq(order.as_str()))
        .order_by_asc(Column::CreatedAt)
        .one(db)
        .await?;
    row.map(to_domain).transpose()
}
