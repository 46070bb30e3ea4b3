//! A buyer wants money back: at once while the parcel is not on its way, else by staff's leave.

use common::contracts::events::orders::RefundReason;
use common::contracts::ids::{OrderId, UserId};
use common::db::{begin_write, retry_transient};
use common::money::Fen;

use super::give_back::{Gift, give_back, refund_no};
use crate::domain::order::Order;
use crate::domain::order_state::OrderStatus;
use crate::domain::refund::{Refund, RefundStatus, Scope};
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::changes::{self, Actor, Change};
use crate::store::{orders, refunds};

/// What a buyer, or staff, ask for.
#[derive(Clone, Debug)]
pub struct RefundWish {
    /// How much; all that is left when nobody says.
    pub amount: Option<Fen>,
    /// Why.
    pub words: String,
}

/// Asks for the buyer's own order. Of an order that waits for its parcel always all goes back.
pub async fn request_refund(
    state: &AppState,
    user: UserId,
    id: &OrderId,
    wish: RefundWish,
) -> Result<Refund, OrderError> {
    let order = orders::find_listed(state.db.reader(), user, id).await?;
    let order = order.ok_or(OrderError::NotFound)?;
    let actor = Actor::Buyer(user);
    if order.status != OrderStatus::Paid {
        return ask(state, &order, wish, actor).await;
    }
    let gift = Gift {
        amount: None,
        words: wish.words,
        actor,
        reason: RefundReason::Buyer,
    };
    give_back(state, &order, None, gift).await
}

/// Notes the question down; an order has one open question at most.
async fn ask(state: &AppState, order: &Order, wish: RefundWish, actor: Actor) -> Result<Refund, OrderError> {
    let (amount, _) = order.money().refund(wish.amount)?;
    let at = state.clock.now();
    let refund = Refund {
        refund_no: refund_no(),
        order_id: order.id.clone(),
        amount,
        status: RefundStatus::Asked,
        scope: Scope::Partial,
        reason: wish.words.clone(),
        asked_by: actor.to_string(),
        created_at: at,
        updated_at: at,
    };
    let change = Change::note(
        &order.id,
        order.status,
        format!("RefundAsked {amount}"),
        actor,
        at,
    )
    .saying(wish.words);
    retry_transient(async || {
        let txn = begin_write(&state.db).await?;
        // First the write: it makes a second question wait until it can see this one.
        if !changes::apply(&txn, &change).await? {
            txn.rollback().await?;
            return Err(OrderError::Moved);
        }
        let before = refunds::of_order(&txn, &order.id).await?;
        if before.iter().any(|refund| refund.status == RefundStatus::Asked) {
            txn.rollback().await?;
            return Err(OrderError::AskedBefore);
        }
        refunds::insert(&txn, &refund).await?;
        Ok(txn.commit().await?)
    })
    .await?;
    tracing::info!(order.id = %order.id, %amount, "refund of {amount} asked for order {}", order.id);
    Ok(refund)
}
