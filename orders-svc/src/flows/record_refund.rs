//! Records what became of a refund: in the order's history, and in its status where that was waiting for it.
//!
//! Both words may come in any order and any number of times: money that went back is back, whatever was said before.

use chrono::{DateTime, Utc};
use common::contracts::events::orders::OrderRefunded;
use common::contracts::events::pays::{PaymentRefunded, RefundRefused};
use common::contracts::ids::OrderId;
use common::db::{WriteTxn, begin_write, retry_transient};
use common::money::Fen;
use common::{crashpoint, inbox, outbox};
use sea_orm::DbErr;
use uuid::Uuid;

use crate::domain::order::Order;
use crate::domain::order_state::{OrderAction, OrderStatus};
use crate::domain::refund::{Refund, RefundAction, RefundStatus, Scope};
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::changes::{self, Actor, Change};
use crate::store::{orders, refunds};

/// Name of this consumer in the inbox.
const CONSUMER: &str = "orders.record_refund";

/// Money went back, whichever way it had come: a late or second payment of the order leaves its status alone.
pub async fn record_refund(
    state: &AppState,
    event_id: Uuid,
    told: &PaymentRefunded,
) -> Result<(), OrderError> {
    let said = Said {
        order_id: &told.order_id,
        trade_no: &told.trade_no,
        amount: told.amount,
        refund_no: told.refund_no.as_deref(),
    };
    record(state, event_id, said, RefundAction::Finish).await
}

/// A refund will not happen by itself: staff must look.
pub async fn record_refusal(
    state: &AppState,
    event_id: Uuid,
    told: &RefundRefused,
) -> Result<(), OrderError> {
    let said = Said {
        order_id: &told.order_id,
        trade_no: &told.trade_no,
        amount: told.amount,
        refund_no: told.refund_no.as_deref(),
    };
    tracing::error!(order.id = %told.order_id, cause = told.cause, "refund for order {} refused", told.order_id);
    record(state, event_id, said, RefundAction::Refuse).await
}

/// Which refund the word is about.
#[derive(Clone, Copy, Debug)]
struct Said<'e> {
    order_id: &'e OrderId,
    trade_no: &'e str,
    amount: Fen,
    refund_no: Option<&'e str>,
}

async fn record(
    state: &AppState,
    event_id: Uuid,
    said: Said<'_>,
    action: RefundAction,
) -> Result<(), OrderError> {
    retry_transient(async || {
        let txn = begin_write(&state.db).await?;
        let is_first = inbox::first_time(&txn, CONSUMER, event_id, state.clock.now()).await?;
        let order = orders::find(&txn, said.order_id).await?;
        if let Some(order) = order.filter(|_| is_first) {
            let refund = meant(&txn, &order, said).await?;
            act(state, &txn, (&order, refund), said, action).await?;
        }
        crashpoint!("record_refund_before_commit");
        Ok::<_, OrderError>(txn.commit().await?)
    })
    .await
}

/// The refund that the word names, else the oldest open one of that sum: a pays-svc of an earlier release names none.
async fn meant(txn: &WriteTxn, order: &Order, said: Said<'_>) -> Result<Option<Refund>, DbErr> {
    if let Some(refund_no) = said.refund_no {
        return refunds::find(txn, &order.id, refund_no).await;
    }
    if order.trade_no.as_deref() != Some(said.trade_no) {
        return Ok(None);
    }
    let open = refunds::of_order(txn, &order.id).await?.into_iter();
    let mut open = open.filter(|refund| refund.status == RefundStatus::Sent && refund.amount == said.amount);
    Ok(open.next())
}

async fn act(
    state: &AppState,
    txn: &WriteTxn,
    (order, refund): (&Order, Option<Refund>),
    said: Said<'_>,
    action: RefundAction,
) -> Result<(), OrderError> {
    let at = state.clock.now();
    let name = if action == RefundAction::Finish {
        "PaymentRefunded"
    } else {
        "RefundRefused"
    };
    let cause = format!("{name} trade {} amount {}", said.trade_no, said.amount);
    let note = Change::note(&order.id, order.status, cause, Actor::Pays, at);
    let Some(refund) = refund else {
        return unnamed(txn, order, (said, action), note).await;
    };
    let Some(to) = refund.status.apply(action) else {
        return Ok(()); // said before, or overtaken by the money itself
    };
    let is_done = refunds::move_on(txn, &refund, to, at).await?
        && match (refund.status, to) {
            (RefundStatus::Sent, RefundStatus::Refused) => refuse(txn, order, &refund, &note).await?,
            (RefundStatus::Refused, _) => {
                let is_counted = changes::give_back(txn, &note, order.refunded, refund.amount).await?;
                is_counted && finish(txn, order, &refund, &note).await?
            }
            (_, _) => {
                changes::note(txn, &note).await?;
                finish(txn, order, &refund, &note).await?
            }
        };
    // Somebody else moved the order between the look and the act: the message comes again.
    if is_done {
        Ok(())
    } else {
        Err(OrderError::InProgress)
    }
}

/// No refund of ours is meant: the money was not the order's to give. Unless the order waits for just that, because
/// an earlier release, which kept no list of refunds, asked for it.
async fn unnamed(
    txn: &WriteTxn,
    order: &Order,
    (said, action): (Said<'_>, RefundAction),
    note: Change<'_>,
) -> Result<(), OrderError> {
    let is_own_trade = order.trade_no.as_deref() == Some(said.trade_no);
    let is_awaited = is_own_trade && said.refund_no.is_none() && action == RefundAction::Finish;
    if !is_awaited || order.status != OrderStatus::Refunding {
        return Ok(changes::note(txn, &note).await?);
    }
    let (from, at) = (order.status, note.at());
    let change = Change::new(&order.id, from, OrderAction::FinishRefund, Actor::Pays, at)?;
    if changes::apply(txn, &change).await? {
        add_refunded(txn, order, at).await?;
    }
    Ok(())
}

async fn add_refunded(txn: &WriteTxn, order: &Order, at: DateTime<Utc>) -> Result<(), DbErr> {
    let refunded = OrderRefunded {
        order_id: order.id.clone(),
        user_id: order.user_id,
    };
    outbox::add(txn, at, &refunded).await?;
    Ok(())
}

/// The money stays: an order that was closing goes on.
async fn refuse(
    txn: &WriteTxn,
    order: &Order,
    refund: &Refund,
    note: &Change<'_>,
) -> Result<bool, OrderError> {
    let is_closing = refund.scope == Scope::Closing && order.status == OrderStatus::Refunding;
    if !is_closing {
        return Ok(changes::keep(txn, note, refund.amount).await?);
    }
    let (from, at) = (order.status, note.at());
    let back = Change::new(&order.id, from, OrderAction::RefuseRefund, Actor::Pays, at)?;
    Ok(changes::keep(txn, &back, refund.amount).await?)
}

/// The money is back: an order that was closing, or went on because the provider had refused before, is over.
async fn finish(
    txn: &WriteTxn,
    order: &Order,
    refund: &Refund,
    note: &Change<'_>,
) -> Result<bool, OrderError> {
    if refund.scope == Scope::Partial {
        return Ok(true);
    }
    let (id, at) = (&order.id, note.at());
    let mut from = order.status;
    let steps: &[OrderAction] = match from {
        OrderStatus::Refunding => &[OrderAction::FinishRefund],
        OrderStatus::Paid => &[OrderAction::RequestRefund, OrderAction::FinishRefund],
        _ => {
            tracing::error!(order.id = %id, "all money of order {id} went back although it was sent off");
            return Ok(true);
        }
    };
    for action in steps {
        let change = Change::new(id, from, *action, Actor::Pays, at)?;
        if !changes::apply(txn, &change).await? {
            return Ok(false);
        }
        from = from.apply(*action)?;
    }
    add_refunded(txn, order, at).await?;
    Ok(true)
}
