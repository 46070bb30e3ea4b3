//! Verified money arrived, and it is not what the order costs: no order may keep it, so it goes back by itself.

use std::time::Duration;

use common::contracts::events::orders::RefundReason;
use common::db::{begin_write, retry_transient};
use common::money::Fen;

use super::note_refund::{note_refund, out_request_no};
use super::report_anomaly::report_anomaly;
use crate::domain::ledger::Movement;
use crate::domain::payment::Payment;
use crate::domain::refund::{Refund, RefundStatus};
use crate::domain::trade::{Receipt, ReceiptSource, Trade};
use crate::error::PayError;
use crate::outside::TradeAnswer;
use crate::state::AppState;
use crate::store::{ledger, transactions};

/// Limit of the question whether it is true.
const QUERY_LIMIT: Duration = Duration::from_secs(4);

/// Records the money of `trade`, notes its refund down and reports it. The payment stays as it is: it has not been
/// paid. Safe to repeat. `mismatch` says what is wrong.
pub(crate) async fn refund_wrong_sum(
    state: &AppState,
    payment: &Payment,
    (trade, source): (&Trade, ReceiptSource),
    mismatch: &PayError,
) -> Result<(), PayError> {
    if trade.amount > Fen::ZERO && retry_transient(|| send_back(state, payment, trade, source)).await? {
        state.refund_wake.notify_one();
    }
    report_anomaly(state, mismatch, &trade.trade_no).await
}

/// Whether the provider says the same of the trade when it is asked: what one message says against what was agreed
/// is not enough to move money.
pub(crate) async fn is_confirmed(state: &AppState, told: &Trade) -> Result<bool, PayError> {
    let now = state.clock.now();
    let answer = state.provider.query(&told.out_trade_no, now, QUERY_LIMIT).await?;
    Ok(match answer {
        TradeAnswer::Found(found) => {
            found.status.is_paid() && found.trade_no == told.trade_no && found.amount == told.amount
        }
        TradeAnswer::NotExist => false,
    })
}

async fn send_back(
    state: &AppState,
    payment: &Payment,
    trade: &Trade,
    source: ReceiptSource,
) -> Result<bool, PayError> {
    let now = state.clock.now();
    let receipt = Receipt {
        order_id: payment.order_id.clone(),
        trade_no: trade.trade_no.clone(),
        amount: trade.amount,
        source,
        paid_at: trade.paid_at.unwrap_or(now),
    };
    let refund = Refund {
        out_request_no: out_request_no(&trade.trade_no, RefundReason::Amount),
        refund_no: None,
        trade_no: trade.trade_no.clone(),
        order_id: payment.order_id.clone(),
        amount: trade.amount,
        reason: RefundReason::Amount,
        status: RefundStatus::New,
        tries: 0,
        next_at: now,
        failure: None,
        refunded_at: None,
        created_at: now,
    };
    let txn = begin_write(&state.db).await?;
    if !transactions::add(&txn, &receipt, now).await? {
        return Ok(false);
    }
    ledger::add(&txn, &Movement::of_receipt(&receipt), now).await?;
    note_refund(&txn, &refund).await?;
    txn.commit().await?;
    let order = &payment.order_id;
    tracing::error!(order.id = %order, arrived = %trade.amount, "money of a wrong sum for order {order} goes back");
    Ok(true)
}
