//! Timers: refunds that are not done, payments of which no notify came, and yesterday's bill. Replicas share all of
//! them by conditional updates.

use std::collections::BTreeSet;
use std::future::Future;
use std::time::Duration;

use chrono::{NaiveDate, TimeDelta};
use common::task::{Heartbeat, Tasks, pause_unless_stopped};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio_util::sync::CancellationToken;

use crate::domain::payment::Payment;
use crate::domain::query_schedule::{ALERT_AFTER_FAILURES, next_query, next_try};
use crate::domain::refund::Refund;
use crate::error::PayError;
use crate::flows::query_payment::query_payment;
use crate::flows::reconcile::{newest_billed_day, reconcile_planned};
use crate::flows::send_refund::send_refund;
use crate::state::AppState;
use crate::store::{payments, reconciliations, refunds};

/// Pause between two looks at the refunds; a new one rings.
const REFUNDS_EVERY: Duration = Duration::from_secs(1);
/// Pause between two looks at the payments.
const QUERIES_EVERY: Duration = Duration::from_secs(1);
/// Pause between two looks at the bills.
const BILLS_EVERY: Duration = Duration::from_secs(20);
/// Rows of one look.
const BATCH: u64 = 20;
/// Calls under way at once, of each kind: a provider that hangs holds up these, and no more threads or sockets.
const AT_ONCE: usize = 4;
/// Between two questions: at most five a second (reliability §5.2).
const BETWEEN_QUERIES: Duration = Duration::from_millis(200);
/// Limit of one question.
const QUERY_LIMIT: Duration = Duration::from_secs(5);
/// A replica that dies keeps a payment to itself for this long.
const CLAIM: TimeDelta = TimeDelta::seconds(30);
/// The same for a bill, which may be long.
const BILL_CLAIM: TimeDelta = TimeDelta::minutes(10);
/// Between two looks for a bill that is not there, and how many of them.
const BETWEEN_BILL_TRIES: TimeDelta = TimeDelta::hours(1);
const BILL_TRIES: u32 = 48;

/// Starts them.
pub(crate) fn start(state: &AppState, tasks: &Tasks) -> Vec<Heartbeat> {
    let (of_refunds, of_queries, of_bills) = (state.clone(), state.clone(), state.clone());
    vec![
        tasks.supervise("pays refunds", move |stop, beat| {
            send_refunds(of_refunds.clone(), stop, beat)
        }),
        tasks.supervise("pays queries", move |stop, beat| {
            query_payments(of_queries.clone(), stop, beat)
        }),
        tasks.supervise("pays bills", move |stop, beat| {
            compare_bills(of_bills.clone(), stop, beat)
        }),
    ]
}

async fn send_refunds(state: AppState, stop: CancellationToken, beat: Heartbeat) -> Result<(), PayError> {
    while !stop.is_cancelled() {
        beat.beat();
        let due = refunds::due(state.db.reader(), state.clock.now(), BATCH).await?;
        // Two refunds of one trade must not be under way at once: the provider wants a pause between them.
        let mut trades = BTreeSet::new();
        let due = due
            .into_iter()
            .filter(|refund| trades.insert(refund.trade_no.clone()));
        few_at_once(due, Duration::ZERO, (&stop, &beat), |refund: Refund| {
            let state = &state;
            async move { send_refund(state, &refund).await }
        })
        .await?;
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
        let due = payments::due_for_query(state.db.reader(), state.clock.now(), BATCH).await?;
        few_at_once(due, BETWEEN_QUERIES, (&stop, &beat), |payment: Payment| {
            query_due(&state, payment)
        })
        .await?;
        pause_unless_stopped(&stop, QUERIES_EVERY).await;
    }
    Ok(())
}

/// Does `call` with each of `due`, [`AT_ONCE`] at a time, and begins one only so long after the one before. A stop lets
/// those that are under way end.
async fn few_at_once<T, F: Future<Output = Result<(), PayError>>>(
    due: impl IntoIterator<Item = T>,
    between: Duration,
    (stop, beat): (&CancellationToken, &Heartbeat),
    call: impl Fn(T) -> F,
) -> Result<(), PayError> {
    let mut under_way = FuturesUnordered::new();
    for item in due {
        if stop.is_cancelled() {
            break;
        }
        under_way.push(call(item));
        let pause = pause_unless_stopped(stop, between);
        tokio::pin!(pause);
        let mut is_paused = true;
        while is_paused || under_way.len() >= AT_ONCE {
            tokio::select! {
                () = &mut pause, if is_paused => is_paused = false,
                Some(done) = under_way.next() => {
                    done?;
                    beat.beat();
                }
            }
        }
    }
    while let Some(done) = under_way.next().await {
        done?;
        beat.beat();
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

/// Plans yesterday, once it is due, and compares what is planned.
async fn compare_bills(state: AppState, stop: CancellationToken, beat: Heartbeat) -> Result<(), PayError> {
    while !stop.is_cancelled() {
        beat.beat();
        let now = state.clock.now();
        if let Some((date, since)) = newest_billed_day(now) {
            reconciliations::plan(state.db.writer(), date, since, now).await?;
        }
        for mut day in reconciliations::due(state.db.reader(), now, 1).await? {
            let Ok(date) = day.bill_date.parse::<NaiveDate>() else {
                continue;
            };
            let claimed = Some(now + BILL_CLAIM);
            if reconciliations::postpone(state.db.writer(), &day, claimed, &day.details).await? {
                day.tries += 1;
                if let Some(why) = reconcile_planned(&state, date).await? {
                    let next = (day.tries < BILL_TRIES).then(|| state.clock.now() + BETWEEN_BILL_TRIES);
                    if next.is_none() {
                        tracing::error!("books of {date} were never compared: {why}");
                    }
                    reconciliations::postpone(state.db.writer(), &day, next, &why).await?;
                }
            }
        }
        pause_unless_stopped(&stop, BILLS_EVERY).await;
    }
    Ok(())
}
