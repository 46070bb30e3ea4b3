//! The retry ladder: a notice is sent until the merchant answers `success` or the last rung is passed.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::redirect::Policy;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

use crate::alipay::notify::{Attempt, Notice, message};
use crate::alipay::trade::Trade;
use crate::alipay::trades::NoticeRef;
use crate::state::State;
use crate::switches::NotifySwitch;

/// Seconds between an attempt and the one before: three at once, then 4m, 10m, 10m, 1h, 2h, 6h, 15h.
const WAITS_SECONDS: [i64; STEPS] = [0, 0, 0, 240, 600, 600, 3_600, 7_200, 21_600, 54_000];
/// How many attempts there are.
pub(crate) const STEPS: usize = 10;
/// How late a notice is that another overtakes, with the switch `reordered`.
const OVERTAKEN: TimeDelta = TimeDelta::seconds(10);
/// How late an attempt is with the switch `slow`.
const SLOW: TimeDelta = TimeDelta::seconds(5);

/// Attempts under way at one moment.
const MAX_PARALLEL: usize = 32;
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
/// What is read of an answer; `success` is 7.
const MAX_ANSWER_BYTES: usize = 200;

/// Carries notices to the merchant.
pub(crate) struct Courier {
    state: Arc<State>,
    client: reqwest::Client,
    slots: Semaphore,
}

impl Courier {
    pub(crate) fn new(state: Arc<State>) -> anyhow::Result<Arc<Courier>> {
        // reqwest wants a TLS provider even if no address is https; another part of the process may have set it.
        let _already_set = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .timeout(ATTEMPT_TIMEOUT)
            .no_proxy()
            .build()
            .context("no HTTP client for notifies")?;
        Ok(Arc::new(Courier {
            state,
            client,
            slots: Semaphore::new(MAX_PARALLEL),
        }))
    }

    /// Starts a delivery for each notice that `new_notices` names, until the sandbox stops. Notices that are
    /// not accepted by then go on after the next start.
    pub(crate) async fn run(
        self: Arc<Self>,
        mut new_notices: mpsc::UnboundedReceiver<NoticeRef>,
        tasks: TaskTracker,
    ) {
        let start_deliveries = async {
            while let Some(notice) = new_notices.recv().await {
                let courier = Arc::clone(&self);
                tasks.spawn(async move {
                    courier
                        .state
                        .stopping
                        .run_until_cancelled(courier.deliver(&notice))
                        .await;
                });
            }
        };
        self.state.stopping.run_until_cancelled(start_deliveries).await;
    }

    async fn deliver(&self, name: &NoticeRef) {
        while let Some((trade, notice)) = self.unfinished(name) {
            let step = notice.next_step();
            self.state.clock.wait_until(self.due(&trade, &notice, step)).await;
            let Ok(_slot) = self.slots.acquire().await else {
                return;
            };
            for _ in 0..self.copies() {
                let attempt = self.attempt(&trade, &notice, step).await;
                if !self.record(name, attempt) {
                    return;
                }
            }
        }
    }

    /// The notice with its trade, unless it needs no further attempt.
    fn unfinished(&self, name: &NoticeRef) -> Option<(Trade, Notice)> {
        let trade = self.state.trades.find(&name.out_trade_no).ok()?;
        let notice = trade
            .notices
            .iter()
            .find(|notice| notice.notify_id == name.notify_id)?
            .clone();
        (!notice.is_over()).then_some((trade, notice))
    }

    /// Rungs are counted from the first attempt, so that a clock turned past several of them is caught up with.
    fn due(&self, trade: &Trade, notice: &Notice, step: usize) -> DateTime<Utc> {
        let first = notice
            .attempts
            .first()
            .map_or_else(|| self.state.clock.now(), |attempt| attempt.at);
        let waits: i64 = WAITS_SECONDS.iter().take(step + 1).sum();
        let late = match self.state.switches.now().notify {
            NotifySwitch::Slow => SLOW,
            NotifySwitch::Reordered if is_first_of_two(trade, notice) => OVERTAKEN,
            NotifySwitch::On
            | NotifySwitch::Off
            | NotifySwitch::Duplicate
            | NotifySwitch::WrongSign
            | NotifySwitch::WrongAmount
            | NotifySwitch::WrongAppId
            | NotifySwitch::Reordered => TimeDelta::zero(),
        };
        first + TimeDelta::seconds(waits) + late
    }

    fn copies(&self) -> usize {
        if self.state.switches.now().notify == NotifySwitch::Duplicate {
            2
        } else {
            1
        }
    }

    async fn attempt(&self, trade: &Trade, notice: &Notice, step: usize) -> Attempt {
        let at = self.state.clock.now();
        match self.send(trade, notice).await {
            Ok((status, answer)) => Attempt {
                step,
                at,
                http_status: Some(status),
                answer: Some(answer),
                error: None,
            },
            Err(error) => Attempt {
                step,
                at,
                http_status: None,
                answer: None,
                error: Some(format!("{error:#}")),
            },
        }
    }

    /// Status and beginning of the body that the merchant answered.
    async fn send(&self, trade: &Trade, notice: &Notice) -> anyhow::Result<(u16, String)> {
        anyhow::ensure!(
            self.state.switches.now().notify != NotifySwitch::Off,
            "lost, as the switch says"
        );
        let notify_url = trade.notify_url.as_deref().context("no notify_url")?;
        let form = serde_urlencoded::to_string(message(&self.state, trade, notice)?)?;
        let request = self.client.post(notify_url).body(form);
        let request = request.header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        let mut response = request.send().await?;
        let status = response.status().as_u16();
        let mut answer = Vec::new();
        while answer.len() < MAX_ANSWER_BYTES
            && let Some(chunk) = response.chunk().await?
        {
            answer.extend_from_slice(&chunk);
        }
        answer.truncate(MAX_ANSWER_BYTES);
        Ok((status, String::from_utf8_lossy(&answer).into_owned()))
    }

    /// Whether the attempt is in the book; if not, going on would repeat it without end.
    fn record(&self, name: &NoticeRef, attempt: Attempt) -> bool {
        let out_trade_no = &name.out_trade_no;
        let (step, is_accepted) = (attempt.step, attempt.is_accepted());
        info!(
            trade.out_trade_no = out_trade_no,
            step, is_accepted, "notified the merchant about {out_trade_no}"
        );
        let changed = self.state.trades.change(out_trade_no, |trade| {
            let mut notices = trade.notices.iter_mut();
            if let Some(notice) = notices.find(|notice| notice.notify_id == name.notify_id) {
                notice.attempts.push(attempt);
            }
            Ok(())
        });
        if let Err(error) = &changed {
            warn!(
                trade.out_trade_no = out_trade_no,
                ?error,
                "notify of {out_trade_no} given up until the next start"
            );
        }
        changed.is_ok()
    }
}

/// Whether the notice is the first, third, fifth, … of its trade: the next one overtakes it.
fn is_first_of_two(trade: &Trade, notice: &Notice) -> bool {
    let place = trade
        .notices
        .iter()
        .position(|other| other.notify_id == notice.notify_id);
    place.is_some_and(|place| place % 2 == 0)
}
