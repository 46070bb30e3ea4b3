//! Marks an order paid when verified money arrived for it, or sends the money back.

use common::contracts::events::orders::{OrderPaid, RefundReason, RefundRequested};
use common::contracts::ids::OrderId;
use common::db::{WriteTxn, begin_write, retry_transient};
use common::{crashpoint, inbox, outbox};
use uuid::Uuid;

use crate::domain::order::Order;
use crate::domain::order_state::OrderAction;
use crate::domain::payment::{PayableOrder, Payment, Verdict, judge};
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::changes::{self, Actor, Change};
use crate::store::orders;

/// Name of this consumer in the inbox.
const CONSUMER: &str = "orders.mark_paid";
/// Looks at an order that others change at the same time.
const LOOKS: u32 = 3;

/// How word of the money reached us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// By the event of this id, which comes again until it is applied. It decides about refunds.
    Event(Uuid),
    /// By asking. The event is still to come, so that money no order may keep is left to it.
    Asked,
}

/// What became of the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The order is paid by it, now or before.
    Kept,
    /// It is not the order's, and goes back.
    NotKept,
}

/// Applies `payment` to the order, or has it refunded. The same payment again changes nothing.
pub async fn mark_paid(
    state: &AppState,
    id: &OrderId,
    payment: &Payment,
    word: Word,
) -> Result<Settled, OrderError> {
    let settled = retry_transient(async || {
        let txn = begin_write(&state.db).await?;
        if let Word::Event(event_id) = word
            && !inbox::first_time(&txn, CONSUMER, event_id, state.clock.now()).await?
        {
            txn.rollback().await?;
            return Ok(Settled::Kept);
        }
        let settled = settle(state, &txn, (id, payment), word).await?;
        crashpoint!("mark_paid_before_commit");
        txn.commit().await?;
        Ok::<_, OrderError>(settled)
    })
    .await?;
    crashpoint!("mark_paid_after_commit");
    Ok(settled)
}

/// Judges and acts, again when the order moved between the look and the act.
async fn settle(
    state: &AppState,
    txn: &WriteTxn,
    (id, payment): (&OrderId, &Payment),
    word: Word,
) -> Result<Settled, OrderError> {
    for _ in 0..LOOKS {
        let Some(order) = orders::find(txn, id).await? else {
            tracing::error!(order.id = %id, "money arrived for order {id}, which is unknown; it goes back");
            return refund(state, txn, (id, payment), RefundReason::Late).await;
        };
        match judge(payable(&order), payment) {
            Verdict::Accept => {
                if accept(state, txn, &order, payment).await? {
                    return Ok(Settled::Kept);
                }
            }
            Verdict::AcceptedBefore => return Ok(Settled::Kept),
            Verdict::Refund(_) if word == Word::Asked => return Ok(Settled::NotKept),
            Verdict::Refund(reason) => {
                let cause = format!("RefundRequested {reason:?} trade {}", payment.trade_no);
                let note = Change::note(id, order.status, cause, Actor::Pays, state.clock.now());
                changes::note(txn, &note).await?;
                report(reason, &order, payment);
                return refund(state, txn, (id, payment), reason).await;
            }
            Verdict::TooEarly => return Err(OrderError::InProgress),
        }
    }
    Err(OrderError::InProgress)
}

fn payable(order: &Order) -> PayableOrder<'_> {
    PayableOrder {
        status: order.status,
        total: order.totals.amount,
        trade_no: order.trade_no.as_deref(),
    }
}

async fn accept(
    state: &AppState,
    txn: &WriteTxn,
    order: &Order,
    payment: &Payment,
) -> Result<bool, OrderError> {
    let at = state.clock.now();
    let change = Change::new(&order.id, order.status, OrderAction::Pay, Actor::Pays, at)?
        .because_of(&format!("trade {}", payment.trade_no));
    if !changes::pay(txn, &change, &payment.trade_no).await? {
        return Ok(false);
    }
    let paid = OrderPaid {
        order_id: order.id.clone(),
        user_id: order.user_id,
    };
    outbox::add(txn, at, &paid).await?;
    tracing::info!(order.id = %order.id, "order {} paid", order.id);
    Ok(true)
}

async fn refund(
    state: &AppState,
    txn: &WriteTxn,
    (id, payment): (&OrderId, &Payment),
    reason: RefundReason,
) -> Result<Settled, OrderError> {
    let request = RefundRequested {
        order_id: id.clone(),
        trade_no: payment.trade_no.clone(),
        amount: payment.amount,
        reason,
        refund_no: None,
    };
    outbox::add(txn, state.clock.now(), &request).await?;
    Ok(Settled::NotKept)
}

fn report(reason: RefundReason, order: &Order, payment: &Payment) {
    let id = &order.id;
    match reason {
        RefundReason::Amount => tracing::error!(
            order.id = %id, expected = %order.totals.amount, arrived = %payment.amount,
            "payment of order {id} has the wrong amount, it goes back"
        ),
        RefundReason::Late | RefundReason::Duplicate | RefundReason::Buyer | RefundReason::Staff => {
            tracing::warn!(order.id = %id, ?reason, "money for order {id} goes back");
        }
    }
}
