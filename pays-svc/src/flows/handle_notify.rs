//! The provider tells us of a trade: believed if signed, applied if it fits what was registered, and only once.

use chrono::{DateTime, Utc};
use common::contracts::ids::OrderId;
use common::crashpoint;
use common::db::{WriteTxn, begin_write, retry_transient};
use common::error_reply::ServiceError;
use common::money::Fen;
use sea_orm::DbErr;

use super::record_payment::{Recorded, receipt_of, record_payment};
use super::report_anomaly::report_anomaly;
use super::settle_refund::settle_refund;
use crate::domain::payment::Payment;
use crate::domain::trade::{Meaning, Notice, ReceiptSource};
use crate::error::PayError;
use crate::state::AppState;
use crate::store::{notify_log, payments, refunds};

/// Applies the notify in `body`. `Ok` means that the provider need not repeat it.
pub(crate) async fn handle_notify(state: &AppState, body: &[u8]) -> Result<(), PayError> {
    let notice = match state.provider.read_notify(body) {
        Ok(notice) => notice,
        Err(error) => return Err(refuse(error.into())),
    };
    crashpoint!("notify_after_verify");
    let order = &notice.trade.out_trade_no;
    match apply(state, &notice).await {
        Ok(verdict) => {
            count(verdict);
            tracing::info!(order.id = %order, verdict, "notify for order {order}: {verdict}");
            Ok(())
        }
        Err(error) if error.is_anomaly() => {
            count("anomaly");
            notify_log::add(state.db.writer(), &notice, "anomaly", state.clock.now()).await?;
            report_anomaly(state, &error, &notice.trade.trade_no).await?;
            Err(error)
        }
        Err(error) => {
            count("failed");
            tracing::error!(order.id = %order, ?error, "notify for order {order} not applied, it will be repeated");
            Err(error)
        }
    }
}

/// Forged or unreadable: nothing of it is stored, or anyone could fill our tables.
fn refuse(error: PayError) -> PayError {
    count("refused");
    tracing::warn!(code = error.code().code, ?error, "notify refused");
    error
}

fn count(verdict: &'static str) {
    metrics::counter!("pays_notifies_total", "verdict" => verdict).increment(1);
}

async fn apply(state: &AppState, notice: &Notice) -> Result<&'static str, PayError> {
    if notice.recipient != *state.provider.recipient() {
        return Err(PayError::OtherRecipient {
            app_id: notice.recipient.app_id.clone(),
            seller_id: notice.recipient.seller_id.clone(),
        });
    }
    let payment = registered(state, &notice.trade.out_trade_no).await?;
    retry_transient(|| apply_to(state, &payment, notice)).await
}

async fn registered(state: &AppState, out_trade_no: &str) -> Result<Payment, PayError> {
    let unknown = || PayError::OrderUnknown(out_trade_no.to_owned());
    // Databases find `1` for `1 ` too; an id of ours has one spelling.
    let Ok(order_id) = out_trade_no.parse::<OrderId>() else {
        return Err(unknown());
    };
    payments::find(state.db.reader(), order_id.as_str())
        .await?
        .ok_or_else(unknown)
}

async fn apply_to(state: &AppState, payment: &Payment, notice: &Notice) -> Result<&'static str, PayError> {
    let now = state.clock.now();
    let receipt = receipt_of(payment, &notice.trade, ReceiptSource::Notify, now)?;
    let txn = begin_write(&state.db).await?;
    let verdict = match notice.meaning() {
        Meaning::Paid => match record_payment(&txn, receipt, now).await? {
            Recorded::New(_) => "paid",
            Recorded::Known(_) => "known",
        },
        Meaning::Refunded(amount) => refunded(&txn, &notice.trade.trade_no, amount, now).await?,
        Meaning::Informational => "informational",
    };
    notify_log::add(&txn, notice, verdict, now).await?;
    crashpoint!("record_payment_before_commit");
    txn.commit().await?;
    crashpoint!("record_payment_after_commit");
    Ok(verdict)
}

/// A refund may also have been made by hand in the provider's console: then there is none of ours to end.
async fn refunded(
    txn: &WriteTxn,
    trade_no: &str,
    amount: Fen,
    now: DateTime<Utc>,
) -> Result<&'static str, DbErr> {
    match refunds::find_open(txn, trade_no, amount).await? {
        Some(refund) if settle_refund(txn, &refund, now).await? => Ok("refunded"),
        _ => Ok("refund not ours"),
    }
}
