//! Reading orders.

use common::contracts::ids::{OrderId, UserId};
use common::money::Fen;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};

use super::entity::order::{Column, Entity, Model};
use crate::domain::order::{Delivery, Order, Parcel, Totals};
use crate::domain::order_state::OrderStatus;

/// Most shipped orders that are looked through for a rounded id.
const SHIPPED_LIMIT: u64 = 1000;

/// Which of a buyer's orders are meant: those in `statuses` that are not hidden.
#[derive(Clone, Copy, Debug)]
pub struct Own<'s> {
    /// The buyer.
    pub user: UserId,
    /// Where the orders stand.
    pub statuses: &'s [OrderStatus],
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

/// The buyer's order of that id, if they may see it: not half-made, not failed, not hidden.
pub async fn find_listed(
    db: &impl ConnectionTrait,
    user: UserId,
    id: &OrderId,
) -> Result<Option<Order>, DbErr> {
    let own = Entity::find_by_id(id.as_str())
        .filter(Column::UserProfileId.eq(user.0))
        .filter(Column::HiddenTime.is_null());
    let order = own.one(db).await?.map(Order::try_from).transpose()?;
    Ok(order.filter(|order| order.status.is_listed()))
}

/// At most `limit` of the buyer's orders, newest first: those older than `before`, if that is given.
pub async fn list_own(
    db: &impl ConnectionTrait,
    own: Own<'_>,
    before: Option<&OrderId>,
    limit: u64,
) -> Result<Vec<Order>, DbErr> {
    let rows = Entity::find()
        .filter(is_own(own))
        .apply_if(before, |rows, before| {
            rows.filter(Column::OrderId.lt(before.as_str()))
        })
        .order_by_desc(Column::OrderId)
        .limit(limit);
    rows.all(db).await?.into_iter().map(Order::try_from).collect()
}

/// The id of the buyer's order that `skipped` newer ones stand before.
pub async fn nth_own(
    db: &impl ConnectionTrait,
    own: Own<'_>,
    skipped: u64,
) -> Result<Option<OrderId>, DbErr> {
    let nth = ids()
        .filter(is_own(own))
        .order_by_desc(Column::OrderId)
        .offset(skipped)
        .limit(1);
    Ok(read_ids(db, nth).await?.pop())
}

/// How many orders the buyer has.
pub async fn count_own(db: &impl ConnectionTrait, own: Own<'_>) -> Result<u64, DbErr> {
    ids().filter(is_own(own)).count(db).await
}

fn is_own(own: Own<'_>) -> Condition {
    Condition::all()
        .add(Column::UserProfileId.eq(own.user.0))
        .add(Column::Status.is_in(own.statuses.iter().map(|status| status.number())))
        .add(Column::HiddenTime.is_null())
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
            parcel: row
                .carrier
                .zip(row.tracking_no)
                .map(|(carrier, tracking_no)| Parcel { carrier, tracking_no }),
            complete_at: row.complete_at,
            refunded: Fen(row.refund_total),
            created_at: row.created_time,
        })
    }
}
