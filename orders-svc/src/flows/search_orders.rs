//! Staff look through all orders, page by page or as one stream.

use common::contracts::ids::OrderId;
use futures_util::{Stream, stream};

use crate::domain::order::Order;
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::search::{self, Filter};

/// Orders that a stream reads at a time.
const BATCH: u64 = 500;

/// A part of what was found.
#[derive(Clone, Debug)]
pub struct FoundPage {
    /// Its orders, newest first.
    pub orders: Vec<Order>,
    /// The last of them, if more may follow.
    pub next: Option<OrderId>,
}

/// At most `limit` orders behind `before`.
pub async fn search_orders(
    state: &AppState,
    filter: &Filter,
    before: Option<&OrderId>,
    limit: u64,
) -> Result<FoundPage, OrderError> {
    let orders = search::page(state.db.reader(), filter, before, limit).await?;
    let is_full = u64::try_from(orders.len()).is_ok_and(|count| count == limit);
    let next = orders.last().filter(|_| is_full).map(|order| order.id.clone());
    Ok(FoundPage { orders, next })
}

/// All of them, batch by batch: no more than one batch is held in memory, however many there are.
pub fn all_orders(state: AppState, filter: Filter) -> impl Stream<Item = Result<Vec<Order>, OrderError>> {
    let next = Some(None::<OrderId>);
    stream::try_unfold((state, filter, next), |(state, filter, next)| async move {
        let Some(before) = next else {
            return Ok(None);
        };
        let page = search_orders(&state, &filter, before.as_ref(), BATCH).await?;
        let next = page.next.map(Some);
        Ok(Some((page.orders, (state, filter, next))))
    })
}
