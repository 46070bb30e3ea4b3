//! Records that money went back: in the order's history, and in its status where that was waiting for it.

use common::contracts::events::pays::PaymentRefunded;
use common::db::{begin_write, retry_transient};
use common::{crashpoint, inbox};
use uuid::Uuid;

use crate::domain::order_state::{OrderAction, OrderStatus};
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::changes::{self, Actor, Change};
use crate::store::orders;

/// Name of this consumer in the inbox.
const CONSUMER: &str = "orders.record_refund";

/// Records it once, whichever way the money had come: a late or second payment of the order leaves its status alone.
pub async fn record_refund(
    state: &AppState,
    event_id: Uuid,
    refund: &PaymentRefunded,
) -> Result<(), OrderError> {
    let id = &refund.order_id;
    retry_transient(async || {
        let txn = begin_write(&state.db).await?;
        let at = state.clock.now();
        let is_first = inbox::first_time(&txn, CONSUMER, event_id, at).await?;
        let order = orders::find(&txn, id).await?;
        let Some(order) = order.filter(|_| is_first) else {
            return Ok(txn.commit().await?);
        };
        let trade = format!("trade {} amount {}", refund.trade_no, refund.amount);
        let is_own_trade = order.trade_no.as_deref() == Some(refund.trade_no.as_str());
        if order.status == OrderStatus::Refunding && is_own_trade {
            let change = Change::new(id, order.status, OrderAction::FinishRefund, Actor::Pays, at)?;
            changes::apply(&txn, &change.because_of(&trade)).await?;
        } else {
            changes::note(&txn, id, order.status, format!("PaymentRefunded {trade}"), at).await?;
        }
        crashpoint!("record_refund_before_commit");
        Ok::<_, OrderError>(txn.commit().await?)
    })
    .await
}
