//! Takes lines out of a cart for an order that is being made.

use common::contracts::ids::{OrderId, UserId};
use common::contracts::internal_apis::carts::{CartLine, TakeOutcome};
use common::crashpoint;

use crate::error::CartError;
use crate::kv_keys::change_cart;
use crate::state::AppState;

/// Takes exactly these lines, all or nothing; a second call for the same order takes nothing more.
pub async fn take_lines(
    state: &AppState,
    user: UserId,
    order: &OrderId,
    lines: &[CartLine],
) -> Result<TakeOutcome, CartError> {
    crashpoint!("take_before_update");
    let outcome = change_cart(&state.kv, user, |cart| cart.take(order, lines)).await?;
    crashpoint!("take_after_update");
    Ok(outcome)
}
