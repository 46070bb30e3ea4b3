//! Looking through all buyers' orders, for staff: newest first, part by part.

use common::contracts::ids::{OrderId, UserId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use super::entity::order::{Column, Entity};
use crate::domain::order::Order;
use crate::domain::order_state::OrderStatus;

/// Which orders are looked for; what is absent does not matter. Each field has an index, or is part of the id.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// This one.
    pub order_id: Option<OrderId>,
    /// Where they stand.
    pub status: Option<OrderStatus>,
    /// Whose they are.
    pub user_id: Option<UserId>,
    /// Ids at or above: the first instant, as ids begin with the time.
    pub from: Option<String>,
    /// Ids below.
    pub until: Option<String>,
}

/// At most `limit` of them, those older than `before` if that is given.
pub async fn page(
    db: &impl ConnectionTrait,
    filter: &Filter,
    before: Option<&OrderId>,
    limit: u64,
) -> Result<Vec<Order>, DbErr> {
    let rows = Entity::find()
        .apply_if(filter.order_id.as_ref(), |rows, id| {
            rows.filter(Column::OrderId.eq(id.as_str()))
        })
        .apply_if(filter.status, |rows, status| {
            rows.filter(Column::Status.eq(status.number()))
        })
        .apply_if(filter.user_id, |rows, user| {
            rows.filter(Column::UserProfileId.eq(user.0))
        })
        .apply_if(filter.from.as_deref(), |rows, from| {
            rows.filter(Column::OrderId.gte(from))
        })
        .apply_if(filter.until.as_deref(), |rows, until| {
            rows.filter(Column::OrderId.lt(until))
        })
        .apply_if(before, |rows, before| {
            rows.filter(Column::OrderId.lt(before.as_str()))
        })
        .order_by_desc(Column::OrderId)
        .limit(limit);
    rows.all(db).await?.into_iter().map(Order::try_from).collect()
}
