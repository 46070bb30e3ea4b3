//! A member of staff deals with a refund that needs a person: it is tried again, was paid by hand, or will not be.
//!
//! Before it is settled by hand the provider is asked, whether it paid after all: nobody gets money twice, and nobody
//! is refused what they got. Asking comes before the transaction, as everywhere.

use chrono::{DateTime, Utc};
use common::db::{WriteTxn, begin_write, retry_transient};

use super::settle_refund::settle_refund;
use crate::domain::ledger::Account;
use crate::domain::refund::{Refund, RefundStatus};
use crate::domain::staff::{Act, Clerk};
use crate::error::PayError;
use crate::error_codes::REFUND_REFUSED;
use crate::outside::RefundTrace;
use crate::state::AppState;
use crate::store::{anomalies, refunds, staff_acts, transactions};

/// Lets the job try it again, as if for the first time.
pub(crate) async fn retry_refund(state: &AppState, number: &str, clerk: &Clerk) -> Result<Refund, PayError> {
    let refund = stuck(state, number).await?;
    act(state, &refund, clerk, Verdict::Retry).await?;
    state.refund_wake.notify_one();
    now_stands(state, number).await
}

/// It was paid by hand, past the provider; or, as it turns out, by the provider.
pub(crate) async fn mark_refund_done(
    state: &AppState,
    number: &str,
    clerk: &Clerk,
) -> Result<Refund, PayError> {
    let refund = stuck(state, number).await?;
    let verdict = match found_at_provider(state, &refund).await? {
        Some(at) => Verdict::Done(Account::Provider, at),
        None => Verdict::Done(Account::ByHand, state.clock.now()),
    };
    act(state, &refund, clerk, verdict).await?;
    now_stands(state, number).await
}

/// No money goes back, and what was set aside for it is free again; unless, as it turns out, the provider paid it.
pub(crate) async fn refuse_refund(state: &AppState, number: &str, clerk: &Clerk) -> Result<Refund, PayError> {
    let refund = stuck(state, number).await?;
    let verdict = match found_at_provider(state, &refund).await? {
        Some(at) => Verdict::Done(Account::Provider, at),
        None => Verdict::Refuse,
    };
    act(state, &refund, clerk, verdict).await?;
    now_stands(state, number).await
}

/// What is done with it.
#[derive(Clone, Copy, Debug)]
enum Verdict {
    Retry,
    Done(Account, DateTime<Utc>),
    Refuse,
}

impl Verdict {
    fn act(self) -> Act {
        match self {
            Self::Retry => Act::RetryRefund,
            Self::Done(..) => Act::MarkRefundDone,
            Self::Refuse => Act::RefuseRefund,
        }
    }
}

async fn stuck(state: &AppState, number: &str) -> Result<Refund, PayError> {
    let refund = now_stands(state, number).await?;
    match refund.status {
        RefundStatus::NeedsHuman => Ok(refund),
        RefundStatus::New | RefundStatus::Sent | RefundStatus::Done | RefundStatus::Refused => {
            Err(PayError::RefundNotStuck(number.to_owned()))
        }
    }
}

async fn now_stands(state: &AppState, number: &str) -> Result<Refund, PayError> {
    let refund = refunds::find(state.db.reader(), number).await?;
    refund.ok_or_else(|| PayError::RefundUnknown(number.to_owned()))
}

async fn found_at_provider(state: &AppState, refund: &Refund) -> Result<Option<DateTime<Utc>>, PayError> {
    let now = state.clock.now();
    Ok(match state.provider.find_refund(refund, now).await? {
        RefundTrace::Done(at) => Some(at.unwrap_or(now)),
        RefundTrace::NotFound => None,
    })
}

async fn act(state: &AppState, refund: &Refund, clerk: &Clerk, verdict: Verdict) -> Result<(), PayError> {
    retry_transient(|| async {
        let now = state.clock.now();
        let txn = begin_write(&state.db).await?;
        if !step(&txn, refund, verdict, now).await? {
            return Err(PayError::RefundNotStuck(refund.out_request_no.clone()));
        }
        let number = &refund.out_request_no;
        let by = (clerk.username.as_str(), clerk.reason.as_str());
        anomalies::resolve_of(&txn, (REFUND_REFUSED, number), by, now).await?;
        staff_acts::add(&txn, (clerk, verdict.act()), number, now).await?;
        Ok(txn.commit().await?)
    })
    .await?;
    let (number, user_id, act) = (&refund.out_request_no, clerk.user_id.0, verdict.act().name());
    tracing::info!(
        refund.no = number,
        user.id = user_id,
        act,
        "refund {number}: {act}"
    );
    Ok(())
}

async fn step(
    txn: &WriteTxn,
    refund: &Refund,
    verdict: Verdict,
    now: DateTime<Utc>,
) -> Result<bool, PayError> {
    let number = &refund.out_request_no;
    Ok(match verdict {
        Verdict::Retry => refunds::retry(txn, number, now).await?,
        Verdict::Done(from, at) => settle_refund(txn, refund, (from, at), now).await?,
        Verdict::Refuse => {
            let is_refused = refunds::refuse(txn, number, now).await?;
            if is_refused {
                transactions::put_back(txn, &refund.trade_no, refund.amount).await?;
            }
            is_refused
        }
    })
}
