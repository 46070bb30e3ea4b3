//! Undoing a checkout: stock and cart lines go back, then the order is `failed`.

use common::contracts::events::orders::CheckoutFailed;
use common::contracts::ids::{OrderId, UserId};
use common::db::{begin_write, retry_transient};
use common::{crashpoint, outbox};

use crate::domain::order_state::{OrderAction, OrderStatus};
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::changes::{self, Actor, Change};

/// What other services may hold for an order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Held {
    /// Lines taken from the cart.
    pub lines: bool,
    /// Reserved stock.
    pub stock: bool,
}

/// A checkout that is to be undone.
#[derive(Clone, Copy, Debug)]
pub struct HalfMade<'o> {
    /// The order.
    pub order_id: &'o OrderId,
    /// Its buyer.
    pub user_id: UserId,
    /// What may have to go back.
    pub held: Held,
}

/// Gives everything back and fails the order. Stock must be back before the order fails, for nobody looks after a
/// failed order; cart lines are restored by the event at the latest, but do not wait for the stock: their buyer does.
pub async fn undo(state: &AppState, half_made: HalfMade<'_>, actor: Actor) -> Result<(), OrderError> {
    let HalfMade {
        order_id,
        user_id,
        held,
    } = half_made;
    let released = match held.stock {
        true => state.goods.release(order_id).await,
        false => Ok(()),
    };
    crashpoint!("heal_after_release");
    if held.lines
        && let Err(error) = state.carts.restore(user_id, order_id).await
    {
        tracing::warn!(order.id = %order_id, ?error, "cart lines of order {order_id} not restored, left to the event");
    }
    crashpoint!("heal_after_restore");
    released?;
    let at = state.clock.now();
    let change = Change::new(order_id, OrderStatus::Creating, OrderAction::Fail, actor, at)?;
    let failed = CheckoutFailed {
        order_id: order_id.clone(),
        user_id,
    };
    retry_transient(async || {
        let txn = begin_write(&state.db).await?;
        if changes::fail(&txn, &change).await? {
            outbox::add(&txn, at, &failed).await?;
        }
        crashpoint!("heal_before_commit");
        txn.commit().await
    })
    .await?;
    crashpoint!("heal_after_commit");
    Ok(())
}
