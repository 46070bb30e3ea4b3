//! Reading orders.

use common::contracts::ids::{OrderId, UserId};
use common::money::Fen;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::order::{Column, Entity, Model};
use crate::domain::order::{Delivery, Order, Totals};
use crate::domain::order_state::OrderStatus;

/// Most shipped orders that are looked through for a rounded id.
const SHIPPED_LIMIT: u64 = 1000;

/// A part of a buyer's list, newest first.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Orders to skip.
    pub offset: u64,
    /// Most orders to show.
    pub limit: u64,
}

/// The order of that id, whoever's it is.
pub async fn find(db: &impl ConnectionTrait, id: &OrderId) -> Result<Option<Order>, DbErr> {
    let row = Entity::find_by_id(id.as_str()).one(db).await?;
    row.map(Order::try_from).transpose()
}

/// The buyer's order of that id.
pub async fn find_own(db: &impl ConnectionTrait, user: UserId, id: &OrderId) -> Result<Option<Order>, DbErr> {
    let own = Entity::find_by_id(id.as_str()).filter(Column::UserProfileId.eq(user.0));
    own.one(db).await?.map(Order::try_from).transpose()
}

/// The buyer's orders in any of `statuses`, newest first.
pub async fn list_own(
    db: &impl ConnectionTrait,
    user: UserId,
    statuses: &[OrderStatus],
    page: Page,
) -> Result<Vec<Order>, DbErr> {
    let rows = Entity::find()
        .filter(Column::UserProfileId.eq(user.0))
        .filter(Column::Status.is_in(statuses.iter().map(|status| status.number())))
        .order_by_desc(Column::OrderId)
        .offset(page.offset)
        .limit(page.limit);
    rows.all(db).await?.into_iter().map(Order::try_from).collect()
}

/// The ids of the buyer's orders that are on their way, newest first.
pub async fn shipped_ids(db: &impl ConnectionTrait, user: UserId) -> Result<Vec<OrderId>, DbErr> {
    let ids = ids()
        .filter(Column::UserProfileId.eq(user.0))
        .filter(Column::Status.eq(OrderStatus::Shipped.number()))
        .order_by_desc(Column::OrderId)
        .limit(SHIPPED_LIMIT);
    read_ids(db, ids).await
}

/// The id of the buyer's newest order.
pub async fn newest_id(db: &impl ConnectionTrait, user: UserId) -> Result<Option<OrderId>, DbErr> {
    let newest = ids()
        .filter(Column::UserProfileId.eq(user.0))
        .order_by_desc(Column::OrderId)
        .limit(1);
    Ok(read_ids(db, newest).await?.pop())
}

pub(super) fn ids() -> sea_orm::Select<Entity> {
    Entity::find().select_only().column(Column::OrderId)
}

pub(super) async fn read_ids(
    db: &impl ConnectionTrait,
    query: sea_orm::Select<Entity>,
) -> Result<Vec<OrderId>, DbErr> {
    let texts: Vec<String> = query.into_tuple().all(db).await?;
    texts.into_iter().map(order_id).collect()
}

pub(super) fn order_id(text: String) -> Result<OrderId, DbErr> {
    OrderId::try_from(text).map_err(|error| DbErr::Type(error.to_string()))
}

impl TryFrom<Model> for Order {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        let status = OrderStatus::from_number(row.status)
            .ok_or_else(|| DbErr::Type(format!("order {} has status {}", row.order_id, row.status)))?;
        Ok(Self {
            id: order_id(row.order_id)?,
            user_id: UserId(row.user_profile_id),
            status,
            totals: Totals {
                amount: Fen(row.total_amount),
                freight: Fen(row.freight),
                count: row.total_count,
            },
            delivery: Delivery {
                receiver: row.receiver,
                address: row.address,
                mobile: row.receiver_mobile,
                tag: row.tag,
            },
            pay_deadline: row.pay_deadline,
            trade_no: row.trade_no,
            created_at: row.created_time,
        })
    }
}
