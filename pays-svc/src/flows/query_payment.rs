//! Asks the provider about a payment of which no notify came, and records money that has arrived.

use std::time::Duration;

use common::crashpoint;
use common::db::{begin_write, retry_transient};

use super::record_payment::{receipt_of, record_payment};
use super::refund_wrong_sum::refund_wrong_sum;
use super::report_anomaly::report_anomaly;
use crate::domain::payment::Payment;
use crate::domain::trade::{Receipt, ReceiptSource, Trade};
use crate::error::PayError;
use crate::outside::TradeAnswer;
use crate::state::AppState;

/// The money that paid `payment`, if any has come; asks for at most `limit`. Money that fits nothing is reported, of
/// a wrong sum goes back, and counts as none.
pub(crate) async fn query_payment(
    state: &AppState,
    payment: &Payment,
    limit: Duration,
) -> Result<Option<Receipt>, PayError> {
    let now = state.clock.now();
    let answer = state
        .provider
        .query(payment.order_id.as_str(), now, limit)
        .await?;
    let TradeAnswer::Found(trade) = answer else {
        return Ok(None);
    };
    if !trade.status.is_paid() {
        return Ok(None);
    }
    match retry_transient(|| record(state, payment, &trade)).await {
        Err(mismatch @ PayError::AmountMismatch { .. }) => {
            refund_wrong_sum(state, payment, (&trade, ReceiptSource::Query), &mismatch).await?;
            Ok(None)
        }
        Err(error) if error.is_anomaly() => {
            report_anomaly(state, &error, &trade.trade_no).await?;
            Ok(None)
        }
        outcome => outcome.map(Some),
    }
}

async fn record(state: &AppState, payment: &Payment, trade: &Trade) -> Result<Receipt, PayError> {
    let now = state.clock.now();
    let receipt = receipt_of(payment, trade, ReceiptSource::Query, now)?;
    let txn = begin_write(&state.db).await?;
    let recorded = record_payment(&txn, receipt, now).await?;
    crashpoint!("record_payment_before_commit");
    txn.commit().await?;
    crashpoint!("record_payment_after_commit");
    Ok(recorded.receipt())
}
