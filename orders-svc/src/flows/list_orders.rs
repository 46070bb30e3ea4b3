//! A buyer's orders with their lines: two queries, however many there are, and one more for each of a total and a page
//! far down.

use common::contracts::ids::{OrderId, UserId};

use crate::domain::order::{Order, SoldLine};
use crate::domain::order_state::OrderStatus;
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::{lines, orders};

/// An order with its lines.
#[derive(Clone, Debug)]
pub struct ListedOrder {
    /// The order.
    pub order: Order,
    /// Its lines, ascending by SKU.
    pub lines: Vec<SoldLine>,
}

/// Where a part of a list begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// Behind so many orders.
    Skip(u64),
    /// Behind this order.
    After(OrderId),
}

/// Whether the orders of all parts are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// They are.
    All,
    /// Nobody wants to know.
    Nothing,
}

/// Which part of a list is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Of the orders in any of these.
    pub statuses: &'static [OrderStatus],
    /// Where it begins.
    pub start: Start,
    /// How many orders at most.
    pub limit: u64,
    /// Whether to count.
    pub counting: Counting,
}

/// A part of a list.
#[derive(Clone, Debug)]
pub struct ListedPage {
    /// Its orders, newest first.
    pub orders: Vec<ListedOrder>,
    /// How many there are in all.
    pub total: Option<u64>,
    /// The last order, if more may follow.
    pub next: Option<OrderId>,
}

/// The part of the buyer's list that is asked for.
pub async fn list_orders(state: &AppState, user: UserId, asked: &Asked) -> Result<ListedPage, OrderError> {
    let db = state.db.reader();
    let own = orders::Own {
        user,
        statuses: asked.statuses,
    };
    let total = match asked.counting {
        Counting::All => Some(orders::count_own(db, own).await?),
        Counting::Nothing => None,
    };
    let orders = match &asked.start {
        Start::Skip(0) => orders::list_own(db, own, None, asked.limit).await?,
        Start::Skip(skipped) => match orders::nth_own(db, own, skipped - 1).await? {
            Some(before) => orders::list_own(db, own, Some(&before), asked.limit).await?,
            None => Vec::new(),
        },
        Start::After(before) => orders::list_own(db, own, Some(before), asked.limit).await?,
    };
    let is_full = u64::try_from(orders.len()).is_ok_and(|count| count == asked.limit);
    let next = orders.last().filter(|_| is_full).map(|order| order.id.clone());
    let mut lines = lines::of_orders(db, orders.iter().map(|order| &order.id)).await?;
    let listed = orders.into_iter().map(|order| ListedOrder {
        lines: lines.remove(order.id.as_str()).unwrap_or_default(),
        order,
    });
    Ok(ListedPage {
        orders: listed.collect(),
        total,
        next,
    })
}
