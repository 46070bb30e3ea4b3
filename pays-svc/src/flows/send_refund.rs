//! Sends one refund back through the provider: called outside any transaction, with a fixed number, until it is known
//! to be done.

use chrono::{DateTime, TimeDelta, Utc};
use common::contracts::events::pays::RefundRefused;
use common::db::{begin_write, retry_transient};
use common::error_reply::ServiceError;
use common::{crashpoint, outbox};
use sea_orm::DbErr;

use super::report_anomaly::report_anomaly;
use super::settle_refund::settle_refund;
use crate::domain::ledger::Account;
use crate::domain::refund::{ALERT_AFTER_TRIES, BETWEEN_REFUNDS, Refund, RefundStatus, next_try};
use crate::error::PayError;
use crate::outside::{RefundAnswer, RefundTrace};
use crate::state::AppState;
use crate::store::{anomalies, refunds};

/// A replica that dies keeps a refund to itself for this long: longer than its two calls may take, and than the
/// provider needs before it can be asked.
const CLAIM: TimeDelta = TimeDelta::seconds(30);

/// How much of the provider's words is told and kept.
const LONGEST_CAUSE: usize = 100;

/// What one visit brought.
#[derive(Debug)]
enum Outcome {
    /// At this time, if the provider says it.
    Done(Option<DateTime<Utc>>),
    /// Not known yet; to be asked next time.
    Open,
    Refused(String),
}

/// Pays `refund` one visit.
pub(crate) async fn send_refund(state: &AppState, refund: &Refund) -> Result<(), PayError> {
    let now = state.clock.now();
    if refunds::was_trade_touched(state.db.reader(), refund, now - BETWEEN_REFUNDS).await? {
        return Ok(());
    }
    if !refunds::claim(state.db.writer(), refund, now, now + CLAIM).await? {
        return Ok(());
    }
    match call(state, refund).await {
        Ok(Outcome::Done(at)) => settle(state, refund, at).await,
        Ok(Outcome::Refused(code)) => give_up(state, refund, &code).await,
        Ok(Outcome::Open) => look_again(state, refund, None).await,
        Err(error) => look_again(state, refund, Some(error)).await,
    }
}

/// After an earlier call with unknown outcome the provider is asked first; a repetition with the same number would
/// move no money twice, but its answer says less.
async fn call(state: &AppState, refund: &Refund) -> Result<Outcome, PayError> {
    let now = state.clock.now();
    if refund.status == RefundStatus::Sent
        && let RefundTrace::Done(at) = state.provider.find_refund(refund, now).await?
    {
        return Ok(Outcome::Done(at));
    }
    crashpoint!("refund_before_call");
    let answer = state.provider.refund(refund, now).await?;
    crashpoint!("refund_after_call");
    Ok(match answer {
        RefundAnswer::Done(at) => Outcome::Done(at),
        RefundAnswer::Unchanged => Outcome::Open,
        RefundAnswer::Refused(code) => Outcome::Refused(code),
    })
}

async fn settle(state: &AppState, refund: &Refund, at: Option<DateTime<Utc>>) -> Result<(), PayError> {
    crashpoint!("refund_before_record");
    retry_transient(|| async {
        let now = state.clock.now();
        let txn = begin_write(&state.db).await?;
        settle_refund(&txn, refund, (Account::Provider, at.unwrap_or(now)), now).await?;
        txn.commit().await
    })
    .await?;
    let order = &refund.order_id;
    tracing::info!(order.id = %order, refund.no = refund.out_request_no, "refund for order {order} done");
    Ok(())
}

async fn look_again(state: &AppState, refund: &Refund, error: Option<PayError>) -> Result<(), PayError> {
    let tries = refund.tries + 1;
    let (order, number) = (&refund.order_id, &refund.out_request_no);
    if tries == ALERT_AFTER_TRIES {
        tracing::error!(order.id = %order, ?error, "refund {number} still open after {tries} tries");
    } else {
        tracing::warn!(order.id = %order, ?error, "refund {number} not known to be done, looking again");
    }
    match next_try(tries, state.clock.now()) {
        Some(at) => Ok(refunds::postpone(state.db.writer(), number, at).await?),
        None => give_up(state, refund, "no answer for too long").await,
    }
}

async fn give_up(state: &AppState, refund: &Refund, cause: &str) -> Result<(), PayError> {
    let refused = PayError::RefundRefused {
        order_id: refund.order_id.clone(),
        trade_no: refund.trade_no.clone(),
        reason: cause.to_owned(),
    };
    if retry_transient(|| leave_to_a_person(state, refund, cause, &refused)).await? {
        report_anomaly(state, &refused, &refund.out_request_no).await?;
    }
    Ok(())
}

/// False when it is in no state for it: another replica was faster.
async fn leave_to_a_person(
    state: &AppState,
    refund: &Refund,
    cause: &str,
    refused: &PayError,
) -> Result<bool, DbErr> {
    let now = state.clock.now();
    let cause: String = cause.chars().take(LONGEST_CAUSE).collect();
    let number = &refund.out_request_no;
    let txn = begin_write(&state.db).await?;
    if !refunds::give_up(&txn, number, &cause, now).await? {
        return Ok(false);
    }
    anomalies::add(&txn, refused.code(), number, refused.to_string(), now).await?;
    let event = RefundRefused {
        order_id: refund.order_id.clone(),
        trade_no: refund.trade_no.clone(),
        amount: refund.amount,
        refund_no: refund.refund_no.clone(),
        cause,
    };
    outbox::add(&txn, now, &event).await?;
    txn.commit().await?;
    Ok(true)
}
