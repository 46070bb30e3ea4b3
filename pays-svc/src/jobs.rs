//! Timers: refunds that are not done, and payments of which no notify came. Replicas share both by conditional updates.

use std::time::Duration;

use chrono::TimeDelta;
use common::task::{Heartbeat, Tasks, pause_unless_stopped};
use tokio_util::sync::CancellationToken;

use crate::domain::payment::Payment;
use crate::domain::query_schedule::{ALERT_AFTER_FAILURES, next_query, next_try};
use crate::error::PayError;
use crate::flows::query_payment::query_payment;
use crate::flows::send_refund::send_refund;
use crate::state::AppState;
use crate::store::{payments, refunds};

/// Pause between two looks at the refunds; a new one rings.
const REFUNDS_EVERY: Duration = Duration::from_secs(1);
/// Pause between two looks at the payments.
const QUERIES_EVERY: Duration = Duration::from_secs(1);
/// Rows of one look.
const BATCH: u64 = 20;
/// Between two questions: at most five a second (reliability §5.2).
const BETWEEN_QUERIES: Duration = Duration::from_millis(200);
/// Limit of one question.
const QUERY_LIMIT: Duration = Duration::from_secs(5);
/// A replica that dies keeps a payment to itself for this long.
const CLAIM: TimeDelta = TimeDelta::seconds(30);

/// Starts them.
pub(crate) fn start(state: &AppState, tasks: &Tasks) -> Vec<Heartbeat> {
    let (of_refunds, of_queries) = (state.clone(), state.clone());
    vec![
        tasks.supervise("pays refunds", move |stop, beat| {
            send_refunds(of_refunds.clone(), stop, beat)
        }),
        tasks.supervise("pays queries", move |stop, beat| {
            query_payments(of_queries.clone(), stop, beat)
        }),
    ]
}

async fn send_refunds(state: AppState, stop: CancellationToken, beat: Heartbeat) -> Result<(), PayError> {
    while !stop.is_cancelled() {
        beat.beat();
        for refund in refunds::due(state.db.reader(), state.clock.now(), BATCH).await? {
            if stop.is_cancelled() {
                break;
            }
            send_refund(&state, &refund).await?;
            beat.beat();
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = state.refund_wake.notified() => {}
            () = tokio::time::sleep(REFUNDS_EVERY) => {}
        }
    }
    Ok(())
}

async fn query_payments(state: AppState, stop: CancellationToken, beat: Heartbeat) -> Result<(), PayError> {
    while !stop.is_cancelled() {
        beat.beat();
        for payment in payments::due_for_query(state.db.reader(), state.clock.now(), BATCH).await? {
            if stop.is_cancelled() {
                break;
            }
            query_due(&state, payment).await?;
            beat.beat();
            pause_unless_stopped(&stop, BETWEEN_QUERIES).await;
        }
        pause_unless_stopped(&stop, QUERIES_EVERY).await;
    }
    Ok(())
}

/// Asks about one payment and plans the next question. Nothing is planned for a paid one: it is not looked for.
async fn query_due(state: &AppState, mut payment: Payment) -> Result<(), PayError> {
    let failures = payment.failed_queries;
    let claimed_until = Some(state.clock.now() + CLAIM);
    if !payments::plan_query(state.db.writer(), &payment, claimed_until, failures).await? {
        return Ok(());
    }
    payment.next_query_at = claimed_until;
    let outcome = query_payment(state, &payment, QUERY_LIMIT).await;
    let now = state.clock.now();
    let planned = next_query(payment.created_at, payment.expire_at, now);
    let (next, failures) = match outcome {
        Ok(_) => (planned, 0),
        Err(PayError::Database(error)) => return Err(error.into()),
        Err(error) => {
            complain(&payment, failures + 1, &error);
            (next_try(failures + 1, now), failures + 1)
        }
    };
    payments::plan_query(state.db.writer(), &payment, next, failures).await?;
    Ok(())
}

fn complain(payment: &Payment, failures: u32, error: &PayError) {
    let order = &payment.order_id;
    if failures == ALERT_AFTER_FAILURES {
        tracing::error!(order.id = %order, ?error, "{failures} questions about order {order} failed in a row");
    } else {
        tracing::warn!(order.id = %order, ?error, "question about order {order} failed, asking again");
    }
}
