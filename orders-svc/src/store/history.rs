//! What happened to an order.

use common::contracts::ids::OrderId;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::order_event::{Column, Entity, Model};
use crate::domain::order_state::OrderStatus;
use crate::domain::timeline::Happening;

/// Most happenings of one order that are shown.
const LIMIT: u64 = 500;

/// All of it, oldest first.
pub async fn of_order(db: &impl ConnectionTrait, order: &OrderId) -> Result<Vec<Happening>, DbErr> {
    let rows = Entity::find()
        .filter(Column::OrderId.eq(order.as_str()))
        .order_by_asc(Column::Id)
        .limit(LIMIT);
    rows.all(db).await?.into_iter().map(Happening::try_from).collect()
}

impl TryFrom<Model> for Happening {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        let status = |number: i16| {
            OrderStatus::from_number(number)
                .ok_or_else(|| DbErr::Type(format!("event {} has status {number}", row.id)))
        };
        Ok(Self {
            from: status(row.from_status)?,
            to: status(row.to_status)?,
            cause: row.cause,
            actor: row.actor,
            detail: row.detail,
            at: row.at,
        })
    }
}
