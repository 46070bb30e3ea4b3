//! Pays an order that stands already: gives its buyer the way to the cashier once more.

use common::contracts::ids::{OrderId, UserId};
use common::contracts::internal_apis::pays::{Cashier, RegisterPayment};

use super::place_order::{PlacedOrder, carts_count};
use crate::domain::order_state::OrderAction;
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::orders;

/// The same answer as when the order was placed, with a freshly signed address.
pub async fn pay_order(state: &AppState, user: UserId, id: &OrderId) -> Result<PlacedOrder, OrderError> {
    let order = orders::find_own(state.db.reader(), user, id).await?;
    let order = order
        .filter(|order| order.status.is_listed())
        .ok_or(OrderError::NotFoundToPay)?;
    order.status.apply(OrderAction::Pay)?;
    let expire_at = order
        .pay_deadline
        .filter(|deadline| *deadline > state.clock.now())
        .ok_or(OrderError::PayDeadlinePassed)?;
    let request = RegisterPayment {
        user_id: user,
        amount: order.totals.amount,
        expire_at,
        pay_method: None,
        cashier: Cashier::default(),
    };
    let (payable, carts_count) = tokio::join!(state.pays.register(id, &request), carts_count(state, user));
    Ok(PlacedOrder {
        order_id: order.id,
        total: order.totals.amount,
        pay_url: payable?.pay_url,
        carts_count,
    })
}
