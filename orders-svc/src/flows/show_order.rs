//! One order with all that is known of it.

use common::contracts::ids::{OrderId, UserId};

use super::list_orders::ListedOrder;
use crate::domain::order::Order;
use crate::domain::refund::Refund;
use crate::domain::timeline::Happening;
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::{history, lines, orders, refunds};

/// An order, its lines, its refunds, and what happened to it.
#[derive(Clone, Debug)]
pub struct ShownOrder {
    /// The order with its lines.
    pub listed: ListedOrder,
    /// Its refunds, oldest first.
    pub refunds: Vec<Refund>,
    /// Its history, oldest first.
    pub history: Vec<Happening>,
}

/// The buyer's own order.
pub async fn own_order(state: &AppState, user: UserId, id: &OrderId) -> Result<ShownOrder, OrderError> {
    let order = orders::find_listed(state.db.reader(), user, id).await?;
    show(state, order.ok_or(OrderError::NotFound)?).await
}

/// Anybody's order, for staff.
pub async fn any_order(state: &AppState, id: &OrderId) -> Result<ShownOrder, OrderError> {
    let order = orders::find(state.db.reader(), id).await?;
    show(state, order.ok_or(OrderError::NotFound)?).await
}

async fn show(state: &AppState, order: Order) -> Result<ShownOrder, OrderError> {
    let db = state.db.reader();
    let mut lines = lines::of_orders(db, std::iter::once(&order.id)).await?;
    Ok(ShownOrder {
        refunds: refunds::of_order(db, &order.id).await?,
        history: history::of_order(db, &order.id).await?,
        listed: ListedOrder {
            lines: lines.remove(order.id.as_str()).unwrap_or_default(),
            order,
        },
    })
}
