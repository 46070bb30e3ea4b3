//! One consumer of the embedded bus: takes due messages in order, hands them out, settles what came back.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::DbErr;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::table::{self, Model};
use super::{Inner, Queue, millis, now_millis};
use crate::bus::message::{HandleError, Message};
use crate::bus::retry::{Verdict, attempt, report};
use crate::bus::{BusError, Life};

/// A loop with nothing to do shows at least this often that it is alive.
const LONGEST_NAP: Duration = Duration::from_secs(5);

pub(super) struct Consumer {
    bus: Arc<Inner>,
    queue: &'static str,
    concurrency: usize,
    handling: JoinSet<Handled>,
    /// Nothing becomes due before, unless the queue rings. `None`: look now.
    idle_until: Option<Instant>,
}

/// A message that came back from its handler.
struct Handled {
    id: i64,
    event_id: String,
    verdict: Verdict,
}

impl Consumer {
    pub(super) fn new(bus: Arc<Inner>, queue: &'static str, concurrency: usize) -> Self {
        Self {
            bus,
            queue,
            concurrency,
            handling: JoinSet::new(),
            idle_until: None,
        }
    }

    pub(super) async fn run<F, Fut>(mut self, life: Life, handle: F) -> Result<(), BusError>
    where
        F: Fn(Message) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<(), HandleError>> + Send + 'static,
    {
        let outcome = self.work(&life, &handle).await;
        // Handlers are never cut off (reliability L1): what is in hand is brought to its end, whatever the outcome.
        let mut last = Vec::new();
        while let Some(handled) = self.handling.join_next().await {
            last.extend(handled.ok());
        }
        let settled = self.settle(last).await;
        outcome.and(settled)
    }

    async fn work<F, Fut>(&mut self, life: &Life, handle: &F) -> Result<(), BusError>
    where
        F: Fn(Message) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<(), HandleError>> + Send + 'static,
    {
        while !life.stop.is_cancelled() {
            life.heartbeat.beat();
            let is_full = self.handling.len() >= self.concurrency;
            if !is_full && self.idle_until.is_none_or(|at| at <= Instant::now()) {
                self.take_due(handle).await?;
            }
            let queue = state_of(&self.bus, self.queue)?;
            let nap = self.idle_until.unwrap_or_else(|| Instant::now() + LONGEST_NAP);
            let mut back = Vec::new();
            tokio::select! {
                () = life.stop.cancelled() => {}
                Some(handled) = self.handling.join_next() => back.extend(handled.ok()),
                () = queue.wake.notified(), if !is_full => self.idle_until = None,
                () = tokio::time::sleep_until(nap) => {}
            }
            while let Some(handled) = self.handling.try_join_next() {
                back.extend(handled.ok());
            }
            self.settle(back).await?;
        }
        Ok(())
    }

    /// Hands out as many due messages as there is room for.
    async fn take_due<F, Fut>(&mut self, handle: &F) -> Result<(), BusError>
    where
        F: Fn(Message) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<(), HandleError>> + Send + 'static,
    {
        let room = self.concurrency - self.handling.len();
        let now = now_millis();
        let taken = self.claim(room, now).await?;
        let is_drained = taken.len() < room;
        for row in taken {
            self.hand_out(row, handle.clone());
        }
        if is_drained {
            let next = table::next_due(&self.bus.db, self.queue, now).await?;
            let wait = next.map_or(LONGEST_NAP, |at| {
                Duration::from_millis(u64::try_from(at - now).unwrap_or(0))
            });
            self.idle_until = Some(Instant::now() + wait.min(LONGEST_NAP));
        } else {
            // There may be more: for the next consumer of this queue.
            state_of(&self.bus, self.queue)?.wake.notify_one();
            self.idle_until = None;
        }
        Ok(())
    }

    fn hand_out<F, Fut>(&mut self, row: Model, handle: F)
    where
        F: Fn(Message) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), HandleError>> + Send + 'static,
    {
        let ladder = self.bus.ladder.clone();
        self.handling.spawn(async move {
            let outcome = attempt(handle, &row.body).await;
            Handled {
                id: row.id,
                event_id: row.event_id,
                verdict: ladder.judge(outcome, row.attempts + 1),
            }
        });
    }

    /// Marks up to `room` due messages as in hand.
    async fn claim(&self, room: usize, now: i64) -> Result<Vec<Model>, BusError> {
        let mut in_hand = state_of(&self.bus, self.queue)?.in_hand.lock().await;
        let limit = u64::try_from(room + in_hand.len()).unwrap_or(u64::MAX);
        let mut due = table::due(&self.bus.db, self.queue, now, limit).await?;
        due.retain(|row| !in_hand.contains(&row.id));
        due.truncate(room);
        in_hand.extend(due.iter().map(|row| row.id));
        Ok(due)
    }

    /// Writes down what became of handled messages, then lets go of them, also when writing failed: then they come
    /// again.
    async fn settle(&mut self, handled: Vec<Handled>) -> Result<(), BusError> {
        if handled.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> = handled.iter().map(|message| message.id).collect();
        if handled.iter().any(|message| message.verdict != Verdict::Done) {
            self.idle_until = None;
        }
        let written = self.write_verdicts(handled).await;
        let mut in_hand = state_of(&self.bus, self.queue)?.in_hand.lock().await;
        in_hand.retain(|id| !ids.contains(id));
        Ok(written?)
    }

    async fn write_verdicts(&self, handled: Vec<Handled>) -> Result<(), DbErr> {
        let db = &self.bus.db;
        let mut done = Vec::new();
        for Handled {
            id,
            event_id,
            verdict,
        } in handled
        {
            report(self.queue, &event_id, &verdict);
            match verdict {
                Verdict::Done => done.push(id),
                Verdict::Again { tier, error } => {
                    let at = now_millis() + millis(self.bus.ladder.waits[tier]);
                    table::set_failed(db, id, table::READY, at, error).await?;
                }
                Verdict::Park { error } => {
                    table::set_failed(db, id, table::PARKED, now_millis(), error).await?;
                }
            }
        }
        if !done.is_empty() {
            table::delete(db, done).await?;
        }
        Ok(())
    }
}

fn state_of<'a>(bus: &'a Inner, queue: &str) -> Result<&'a Queue, BusError> {
    bus.queues
        .get(queue)
        .ok_or_else(|| BusError::UnknownQueue(queue.to_owned()))
}
