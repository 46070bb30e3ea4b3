//! Concurrent callers, each making its next call as soon as the last is answered.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::{Duration, Instant};

use serde_json::Value;
use tests::api::Trouble;

/// How hard and how long.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Callers at a time.
    pub callers: usize,
    /// When they stop.
    pub length: Duration,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Calls that the shop answered, whatever it said.
    pub answered: u64,
    codes: BTreeMap<String, u64>,
    latencies: Vec<Duration>,
    length: Duration,
}

impl Load {
    /// Makes `call(caller, turn)` over and over, from all callers at once.
    pub async fn run<F, Fut>(&self, call: F) -> Outcome
    where
        F: Fn(usize, u64) -> Fut,
        Fut: Future<Output = Result<Value, Trouble>> + Send + 'static,
    {
        let began = Instant::now();
        let end = began + self.length;
        let mut running = tokio::task::JoinSet::new();
        let mut turns = vec![0u64; self.callers];
        let mut outcome = Outcome::default();
        for caller in 0..self.callers {
            running.spawn(timed(caller, call(caller, 0)));
        }
        while let Some(finished) = running.join_next().await {
            let Ok((caller, took, answer)) = finished else {
                continue;
            };
            outcome.note(took, answer);
            if Instant::now() < end {
                turns[caller] += 1;
                running.spawn(timed(caller, call(caller, turns[caller])));
            }
        }
        outcome.length = began.elapsed();
        outcome.latencies.sort_unstable();
        outcome
    }
}

async fn timed<F: Future<Output = Result<Value, Trouble>>>(
    caller: usize,
    call: F,
) -> (usize, Duration, F::Output) {
    let began = Instant::now();
    let answer = call.await;
    (caller, began.elapsed(), answer)
}

impl Outcome {
    fn note(&mut self, took: Duration, answer: Result<Value, Trouble>) {
        let code = match answer {
            Ok(body) => {
                self.answered += 1;
                self.latencies.push(took);
                body["code"].to_string()
            }
            Err(Trouble::Transport(_)) => "no answer".to_owned(),
            Err(Trouble::Gateway(status)) => format!("HTTP {status}"),
        };
        *self.codes.entry(code).or_default() += 1;
    }

    /// Answered calls a second.
    pub fn per_second(&self) -> u128 {
        u128::from(self.answered) * 1000 / self.length.as_millis().max(1)
    }

    /// The time within which this share of the calls, in percent, was answered.
    pub fn percentile(&self, percent: usize) -> Duration {
        let place = self.latencies.len() * percent / 100;
        self.latencies
            .get(place.min(self.latencies.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default()
    }

    /// The answers other than success, for instance `10401: 12`.
    pub fn refusals(&self) -> String {
        let others = self.codes.iter().filter(|(code, _)| *code != "200");
        others
            .map(|(code, count)| format!("{code}: {count}"))
            .collect::<Vec<_>>()
            .join(", ")
    }
}
