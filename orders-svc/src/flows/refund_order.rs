//! Staff give money of an order back, of their own accord or because its buyer asked.

use common::contracts::events::orders::RefundReason;
use common::contracts::ids::{OrderId, UserId};
use common::db::{begin_write, retry_transient};
use common::money::Fen;

use super::give_back::{Gift, give_back};
use super::request_refund::RefundWish;
use crate::domain::order::Order;
use crate::domain::refund::{Refund, RefundAction};
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::changes::{self, Actor, Change};
use crate::store::{orders, refunds};

/// Gives back of their own accord.
pub async fn refund_order(
    state: &AppState,
    staff: UserId,
    id: &OrderId,
    wish: RefundWish,
) -> Result<Refund, OrderError> {
    let order = orders::find(state.db.reader(), id).await?;
    let order = order.ok_or(OrderError::NotFound)?;
    give_back(state, &order, None, gift(staff, wish.amount, wish.words)).await
}

/// Gives back what the buyer asked for, or `amount` of it.
pub async fn approve_refund(
    state: &AppState,
    staff: UserId,
    (id, refund_no): (&OrderId, &str),
    amount: Option<Fen>,
) -> Result<Refund, OrderError> {
    let (order, asked) = asked(state, id, refund_no, RefundAction::Approve).await?;
    let amount = amount.unwrap_or(asked.amount);
    let gift = gift(staff, Some(amount), asked.reason.clone());
    give_back(state, &order, Some(&asked), gift).await
}

/// Declines what the buyer asked for; `words` are shown to them.
pub async fn decline_refund(
    state: &AppState,
    staff: UserId,
    (id, refund_no): (&OrderId, &str),
    words: &str,
) -> Result<(), OrderError> {
    let (order, asked) = asked(state, id, refund_no, RefundAction::Decline).await?;
    let to = asked.status.apply(RefundAction::Decline);
    let to = to.ok_or(OrderError::Decided(asked.status))?;
    let at = state.clock.now();
    let cause = format!("RefundDeclined {}", asked.amount);
    let note = Change::note(id, order.status, cause, Actor::Staff(staff), at).saying(words);
    retry_transient(async || {
        let txn = begin_write(&state.db).await?;
        if !refunds::move_on(&txn, &asked, to, at).await? {
            txn.rollback().await?;
            return Err(OrderError::Moved);
        }
        changes::note(&txn, &note).await?;
        Ok(txn.commit().await?)
    })
    .await
}

fn gift(staff: UserId, amount: Option<Fen>, words: String) -> Gift {
    Gift {
        amount,
        words,
        actor: Actor::Staff(staff),
        reason: RefundReason::Staff,
    }
}

/// The order and its refund, if `action` is possible still.
async fn asked(
    state: &AppState,
    id: &OrderId,
    refund_no: &str,
    action: RefundAction,
) -> Result<(Order, Refund), OrderError> {
    let db = state.db.reader();
    let order = orders::find(db, id).await?.ok_or(OrderError::NotFound)?;
    let asked = refunds::find(db, id, refund_no).await?;
    let asked = asked.ok_or(OrderError::RefundNotFound)?;
    if asked.status.apply(action).is_none() {
        return Err(OrderError::Decided(asked.status));
    }
    Ok((order, asked))
}
