//! One attempt at a message, and what becomes of it afterwards: three waiting times, then the parking place.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;

use super::message::{Cause, HandleError, Message};
use crate::{crashpoint, trace};

/// Longest error text that travels with a message.
const MAX_ERROR_CHARS: usize = 1000;

/// How long a failed message waits before it is tried again, and how often (reliability I22).
#[derive(Clone, Debug)]
pub struct RetryLadder {
    /// The waits after the first, the second and every later failure.
    pub waits: [Duration; 3],
    /// Attempts in all; the last failure parks the message.
    pub attempts: u32,
}

impl Default for RetryLadder {
    fn default() -> Self {
        Self {
            waits: [5, 30, 300].map(Duration::from_secs),
            attempts: 8,
        }
    }
}

/// What to do with a message after an attempt.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    Done,
    /// Wait `waits[tier]`, then try again.
    Again {
        tier: usize,
        error: String,
    },
    Park {
        error: String,
    },
}

impl RetryLadder {
    /// Judges the outcome of attempt number `attempt` (the first is 1).
    pub(super) fn judge(&self, outcome: Result<(), HandleError>, attempt: u32) -> Verdict {
        match outcome {
            Ok(()) => Verdict::Done,
            Err(HandleError::Retry(cause)) if attempt < self.attempts => Verdict::Again {
                tier: usize::try_from(attempt)
                    .unwrap_or(usize::MAX)
                    .clamp(1, self.waits.len())
                    - 1,
                error: chain(&cause),
            },
            Err(HandleError::Retry(cause) | HandleError::Park(cause)) => {
                Verdict::Park { error: chain(&cause) }
            }
        }
    }
}

/// Decodes `body` and hands it to `handle`, inside the trace that caused it. A panic is a failure like any other.
pub(super) async fn attempt<F, Fut>(handle: F, body: &[u8]) -> Result<(), HandleError>
where
    F: Fn(Message) -> Fut,
    Fut: Future<Output = Result<(), HandleError>>,
{
    let message = Message::decode(body).map_err(HandleError::park)?;
    let step = message.trace.as_deref().map_or_else(trace::fresh, trace::child);
    let handled = AssertUnwindSafe(trace::scope(step, async { handle(message).await }))
        .catch_unwind()
        .await;
    if handled.is_ok() {
        crashpoint!("event_after_effect");
    }
    handled.unwrap_or_else(|panic| Err(HandleError::Retry(panic_text(&*panic).into())))
}

/// Counts what became of a message, and says in the log, once, when it failed.
pub(super) fn report(queue: &'static str, event_id: &str, verdict: &Verdict) {
    let outcome = match verdict {
        Verdict::Done => "done",
        Verdict::Again { error, .. } => {
            tracing::warn!(
                queue,
                event.id = event_id,
                error,
                "event {event_id} not handled, will be tried again"
            );
            "retried"
        }
        Verdict::Park { error } => {
            tracing::error!(
                queue,
                event.id = event_id,
                error,
                "event {event_id} given up and parked"
            );
            "parked"
        }
    };
    metrics::counter!("bus_messages_handled_total", "queue" => queue, "outcome" => outcome).increment(1);
}

/// The error and its causes in one line.
fn chain(cause: &Cause) -> String {
    let mut text = cause.to_string();
    let mut next = cause.source();
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    text.chars().take(MAX_ERROR_CHARS).collect()
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("handler panicked: {}", text.unwrap_or("without a message"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_waits_longer_each_time_and_is_parked_after_the_eighth_attempt() {
        let ladder = RetryLadder::default();
        let tiers: Vec<Option<usize>> = (1..=8)
            .map(
                |attempt| match ladder.judge(Err(HandleError::Retry("down".into())), attempt) {
                    Verdict::Again { tier, .. } => Some(tier),
                    Verdict::Park { .. } | Verdict::Done => None,
                },
            )
            .collect();
        let expected = [
            Some(0),
            Some(1),
            Some(2),
            Some(2),
            Some(2),
            Some(2),
            Some(2),
            None,
        ];
        assert_eq!(tiers, expected);
    }

    #[tokio::test]
    async fn a_body_that_is_no_event_is_parked_at_the_first_attempt() {
        let outcome = attempt(async |_| Ok(()), b"\xff{not json").await;
        let verdict = RetryLadder::default().judge(outcome, 1);
        assert!(matches!(verdict, Verdict::Park { .. }), "{verdict:?}");
    }
}
