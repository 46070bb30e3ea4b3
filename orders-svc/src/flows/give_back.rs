//! Gives an order's money back, all or a part: noted here and, by the event in the same transaction, sent by pays-svc.

use common::contracts::events::orders::{RefundReason, RefundRequested};
use common::db::{WriteTxn, begin_write, retry_transient};
use common::money::Fen;
use common::{crashpoint, ids, outbox};
use sea_orm::DbErr;

use crate::domain::order::Order;
use crate::domain::order_state::OrderAction;
use crate::domain::refund::{NoRefund, Refund, RefundAction, RefundStatus, Scope};
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::changes::{self, Actor, Change};
use crate::store::refunds;

/// What is to go back, and by whose word.
#[derive(Clone, Debug)]
pub(super) struct Gift {
    /// How much; all that is left when nobody says.
    pub amount: Option<Fen>,
    /// Why, in the words of who decides.
    pub words: String,
    /// Who decides.
    pub actor: Actor,
    /// Why, as pays-svc notes it.
    pub reason: RefundReason,
}

/// A number for a refund.
pub(super) fn refund_no() -> String {
    format!("R{}", ids::fresh().simple())
}

/// Sends the gift on its way; `asked` is the buyer's question that it answers, if one is.
///
/// # Errors
/// An order that has no such money to give refuses; one that changed since it was read wants to be read again.
pub(super) async fn give_back(
    state: &AppState,
    order: &Order,
    asked: Option<&Refund>,
    gift: Gift,
) -> Result<Refund, OrderError> {
    let (amount, scope) = order.money().refund(gift.amount)?;
    let trade_no = order.trade_no.clone().ok_or(NoRefund::Status(order.status))?;
    let at = state.clock.now();
    let refund = Refund {
        refund_no: asked.map_or_else(refund_no, |asked| asked.refund_no.clone()),
        order_id: order.id.clone(),
        amount,
        status: RefundStatus::Sent,
        scope,
        reason: gift.words.clone(),
        asked_by: gift.actor.to_string(),
        created_at: at,
        updated_at: at,
    };
    let requested = RefundRequested {
        order_id: order.id.clone(),
        trade_no,
        amount,
        reason: gift.reason,
        refund_no: Some(refund.refund_no.clone()),
    };
    let change = change(order, &refund, gift.actor)?.saying(gift.words);
    let is_given = retry_transient(async || {
        let txn = begin_write(&state.db).await?;
        let is_given = changes::give_back(&txn, &change, order.refunded, amount).await?
            && note_down(&txn, asked, &refund).await?;
        if !is_given {
            txn.rollback().await?;
            return Ok(false);
        }
        outbox::add(&txn, at, &requested).await?;
        crashpoint!("give_back_before_commit");
        txn.commit().await?;
        Ok::<_, OrderError>(true)
    })
    .await?;
    if !is_given {
        return Err(OrderError::Moved);
    }
    tracing::info!(order.id = %order.id, %amount, "{amount} of order {} go back", order.id);
    Ok(refund)
}

fn change<'o>(order: &'o Order, refund: &Refund, actor: Actor) -> Result<Change<'o>, OrderError> {
    let (amount, at) = (refund.amount, refund.updated_at);
    match refund.scope {
        Scope::Closing => {
            let change = Change::new(&order.id, order.status, OrderAction::RequestRefund, actor, at)?;
            Ok(change.because_of(&amount.to_string()))
        }
        Scope::Partial => {
            let cause = format!("RefundPart {amount}");
            Ok(Change::note(&order.id, order.status, cause, actor, at))
        }
    }
}

async fn note_down(txn: &WriteTxn, asked: Option<&Refund>, refund: &Refund) -> Result<bool, DbErr> {
    let Some(asked) = asked else {
        refunds::insert(txn, refund).await?;
        return Ok(true);
    };
    let Some(to) = asked.status.apply(RefundAction::Approve) else {
        return Ok(false);
    };
    let approved = Refund {
        status: asked.status,
        ..refund.clone()
    };
    refunds::move_on(txn, &approved, to, refund.updated_at).await
}
