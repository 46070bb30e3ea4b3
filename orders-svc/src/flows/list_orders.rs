//! A buyer's orders with their lines: two queries, however many there are.

use common::contracts::ids::UserId;

use crate::domain::order::{Order, SoldLine};
use crate::domain::order_state::OrderStatus;
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::orders::Page;
use crate::store::{lines, orders};

/// An order with its lines.
#[derive(Clone, Debug)]
pub struct ListedOrder {
    /// The order.
    pub order: Order,
    /// Its lines, ascending by SKU.
    pub lines: Vec<SoldLine>,
}

/// The buyer's orders in any of `statuses`, newest first.
pub async fn list_orders(
    state: &AppState,
    user: UserId,
    statuses: &[OrderStatus],
    page: Page,
) -> Result<Vec<ListedOrder>, OrderError> {
    let db = state.db.reader();
    let orders = orders::list_own(db, user, statuses, page).await?;
    let mut lines = lines::of_orders(db, orders.iter().map(|order| &order.id)).await?;
    let listed = orders.into_iter().map(|order| ListedOrder {
        lines: lines.remove(order.id.as_str()).unwrap_or_default(),
        order,
    });
    Ok(listed.collect())
}
