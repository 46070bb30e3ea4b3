//! The provider tells us of a trade: believed if signed, applied if it fits what was registered, and only once.

use chrono::{DateTime, Utc};
use common::contracts::ids::OrderId;
use common::crashpoint;
use common::db::{WriteTxn, begin_write, retry_transient};
use common::error_reply::ServiceError;
use sea_orm::DbErr;

use super::record_payment::{Recorded, receipt_of, record_payment};
use super::refund_wrong_sum::{is_confirmed, refund_wrong_sum};
use super::report_anomaly::report_anomaly;
use super::settle_refund::settle_refund;
use crate::domain::ledger::Account;
use crate::domain::payment::Payment;
use crate::domain::trade::{Meaning, Notice, Receipt, ReceiptSource, RefundNote, Trade, TradeStatus};
use crate::error::PayError;
use crate::state::AppState;
use crate::store::{notify_log, payments, refunds, transactions};

/// Applies the notify in `body`. `Ok` means that the provider need not repeat it.
pub(crate) async fn handle_notify(state: &AppState, body: &[u8]) -> Result<(), PayError> {
    let notice = match state.provider.read_notify(body) {
        Ok(notice) => notice,
        Err(error) => return Err(refuse(error.into())),
    };
    crashpoint!("notify_after_verify");
    let order = &notice.trade.out_trade_no;
    match settle(state, &notice).await {
        Ok(verdict) => {
            count(verdict);
            tracing::info!(order.id = %order, verdict, "notify for order {order}: {verdict}");
            Ok(())
        }
        Err(error) if error.is_anomaly() => {
            count("anomaly");
            log(state, &notice, "anomaly").await?;
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

async fn settle(state: &AppState, notice: &Notice) -> Result<&'static str, PayError> {
    if !notice.recipient.is(state.provider.recipient()) {
        return Err(PayError::OtherRecipient {
            app_id: notice.recipient.app_id.clone(),
            seller_id: notice.recipient.seller_id.clone(),
        });
    }
    let payment = registered(state, &notice.trade.out_trade_no).await?;
    match retry_transient(|| apply(state, &payment, notice)).await {
        Err(mismatch @ PayError::AmountMismatch { .. }) => wrong_sum(state, &payment, notice, mismatch).await,
        outcome => outcome,
    }
}

/// Money of another sum than the order costs goes back, if the provider says once more that it came. Until then the
/// notify is not accepted, so that it comes again.
async fn wrong_sum(
    state: &AppState,
    payment: &Payment,
    notice: &Notice,
    mismatch: PayError,
) -> Result<&'static str, PayError> {
    let trade = &notice.trade;
    let was_paid = match notice.meaning() {
        Meaning::Paid => is_confirmed(state, trade).await,
        Meaning::Refunded(_) | Meaning::Informational => Ok(false),
    };
    match was_paid {
        Ok(true) => {}
        Ok(false) => return Err(mismatch),
        Err(error) => {
            tracing::warn!(order.id = %payment.order_id, ?error, "a wrong sum cannot be confirmed now");
            return Err(mismatch);
        }
    }
    refund_wrong_sum(state, payment, (trade, ReceiptSource::Notify), &mismatch).await?;
    log(state, notice, "wrong sum, goes back").await?;
    Ok("wrong sum, goes back")
}

/// Remembers a notify that changed nothing in a transaction of its own.
async fn log(state: &AppState, notice: &Notice, verdict: &str) -> Result<(), DbErr> {
    let (db, now) = (state.db.writer(), state.clock.now());
    if !notify_log::add(db, notice, verdict, now).await? {
        notify_log::count_repetition(db, notice, verdict, now).await?;
    }
    Ok(())
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

async fn apply(state: &AppState, payment: &Payment, notice: &Notice) -> Result<&'static str, PayError> {
    let now = state.clock.now();
    let receipt = match receipt_of(payment, &notice.trade, ReceiptSource::Notify, now) {
        Ok(receipt) => receipt,
        Err(mismatch) => known_wrong_sum(state, payment, notice, mismatch).await?,
    };
    let txn = begin_write(&state.db).await?;
    let verdict = match notice.meaning() {
        Meaning::Paid => match record_payment(&txn, receipt, now).await? {
            Recorded::New(_) => "paid",
            Recorded::Known(_) => "known",
        },
        Meaning::Refunded(note) => refunded(&txn, &notice.trade, note, now).await?,
        Meaning::Informational => "informational",
    };
    let is_first = notify_log::add(&txn, notice, verdict, now).await?;
    crashpoint!("record_payment_before_commit");
    txn.commit().await?;
    crashpoint!("record_payment_after_commit");
    if !is_first {
        notify_log::count_repetition(state.db.writer(), notice, verdict, now).await?;
    }
    Ok(verdict)
}

/// What comes later about money of a wrong sum speaks of that sum, and is no news.
async fn known_wrong_sum(
    state: &AppState,
    payment: &Payment,
    notice: &Notice,
    mismatch: PayError,
) -> Result<Receipt, PayError> {
    let before = transactions::find(state.db.reader(), &notice.trade.trade_no).await?;
    before
        .filter(|before| before.order_id == payment.order_id && before.amount == notice.trade.amount)
        .ok_or(mismatch)
}

/// A refund may also have been made by hand in the provider's console: then there is none of ours of that number. The
/// news of a full refund may lack the number: then its sum has to do.
async fn refunded(
    txn: &WriteTxn,
    trade: &Trade,
    note: &RefundNote,
    now: DateTime<Utc>,
) -> Result<&'static str, DbErr> {
    let ours = match (&note.request_no, trade.status) {
        (Some(number), _) => refunds::find(txn, number).await?,
        (None, TradeStatus::Closed) => refunds::find_open(txn, &trade.trade_no, note.refunded).await?,
        (None, TradeStatus::Success | TradeStatus::Finished | TradeStatus::WaitBuyerPay) => None,
    };
    let at = note.at.unwrap_or(now);
    match ours.filter(|refund| refund.trade_no == trade.trade_no) {
        Some(refund) if settle_refund(txn, &refund, (Account::Provider, at), now).await? => Ok("refunded"),
        Some(_) => Ok("known"),
        None => Ok("refund not ours"),
    }
}
