//! The bus of one process: a SQLite file that remembers every message until its consumer is done with it.
//!
//! A message in a handler's hands is simply still in the file, so a killed process delivers it again at its next
//! start. What is in hands is known in memory only: one process owns the file.

mod consumer;
mod table;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Weak};
use std::time::Duration;

use chrono::Utc;
use sea_orm::{ActiveValue, DbErr, EntityTrait};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Mutex, Notify, broadcast};

use super::message::{HandleError, Message, Parked};
use super::{BusError, Heard, Life, PARKED_LIMIT, RetryLadder, Route, known_queue, queues_of};
use crate::crashpoint;
use crate::db::{Db, begin_write};

/// Messages that an observer may lag behind before it must begin anew.
const OBSERVER_LAG: usize = 256;

/// How often an observer without news shows that it is alive.
const TICK: Duration = Duration::from_secs(5);

/// Buses open in this process, by file: services that share a process share the bus.
static OPEN: LazyLock<Mutex<HashMap<PathBuf, Weak<Inner>>>> = LazyLock::new(Mutex::default);

/// See the module. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Embedded(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Db,
    routes: &'static [Route],
    ladder: RetryLadder,
    queues: HashMap<&'static str, Queue>,
    observers: broadcast::Sender<Message>,
}

/// What memory knows of a queue.
#[derive(Debug, Default)]
struct Queue {
    /// Rings when a message became due.
    wake: Notify,
    /// Ids in handlers' hands. Held while rows are looked up, so that a row seen before its deletion is not taken
    /// after it.
    in_hand: Mutex<HashSet<i64>>,
}

impl Embedded {
    pub(super) async fn open(
        data_dir: &Path,
        routes: &'static [Route],
        ladder: RetryLadder,
    ) -> Result<Self, BusError> {
        std::fs::create_dir_all(data_dir).map_err(BusError::Directory)?;
        let directory = data_dir.canonicalize().map_err(BusError::Directory)?;
        let file = directory.join("bus.db");
        let mut open = OPEN.lock().await;
        if let Some(bus) = open.get(&file).and_then(Weak::upgrade) {
            return Ok(Self(bus));
        }
        let db = Db::open(&format!("sqlite:{}", file.display()), 1).await?;
        table::create(&db).await?;
        let queues = routes
            .iter()
            .map(|route| (route.queue, Queue::default()))
            .collect();
        let bus = Arc::new(Inner {
            db,
            routes,
            ladder,
            queues,
            observers: broadcast::Sender::new(OBSERVER_LAG),
        });
        open.insert(file, Arc::downgrade(&bus));
        Ok(Self(bus))
    }

    pub(super) async fn publish(&self, messages: &[Message]) -> Vec<Result<(), BusError>> {
        let mut outcomes = Vec::with_capacity(messages.len());
        let mut rows = Vec::new();
        for message in messages {
            outcomes.push(self.rows_of(message).map(|routed| rows.extend(routed)));
        }
        if let Err(error) = self.insert(rows).await {
            let mut first = Some(BusError::File(error));
            return messages
                .iter()
                .map(|_| Err(first.take().unwrap_or(BusError::NotTried)))
                .collect();
        }
        for queue in messages
            .iter()
            .flat_map(|message| queues_of(self.0.routes, &message.topic))
        {
            self.wake(queue);
        }
        for message in messages {
            // An error says that nobody observes.
            drop(self.0.observers.send(message.clone()));
        }
        outcomes
    }

    pub(super) async fn observe<F, Fut>(
        &self,
        topics: &'static [&'static str],
        life: Life,
        hear: F,
    ) -> Result<(), BusError>
    where
        F: Fn(Heard) -> Fut + Send + Sync,
        Fut: Future<Output = ()> + Send,
    {
        let mut news = self.0.observers.subscribe();
        hear(Heard::Anew).await;
        while !life.stop.is_cancelled() {
            life.heartbeat.beat();
            tokio::select! {
                () = life.stop.cancelled() => {}
                received = news.recv() => match received {
                    Ok(message) if topics.contains(&message.topic.as_str()) => hear(Heard::Event(message)).await,
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => hear(Heard::Anew).await,
                    Err(RecvError::Closed) => return Err(BusError::ConsumerEnded),
                },
                () = tokio::time::sleep(TICK) => {}
            }
        }
        Ok(())
    }

    pub(super) async fn consume<F, Fut>(
        &self,
        queue: &'static str,
        concurrency: usize,
        life: Life,
        handle: F,
    ) -> Result<(), BusError>
    where
        F: Fn(Message) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<(), HandleError>> + Send + 'static,
    {
        known_queue(self.0.routes, queue)?;
        consumer::Consumer::new(self.0.clone(), queue, concurrency)
            .run(life, handle)
            .await
    }

    /// Whether both are the bus of one file.
    #[doc(hidden)]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(super) async fn ping(&self) -> Result<(), BusError> {
        Ok(self.0.db.ping().await?)
    }

    pub(super) async fn depth(&self, queue: &str) -> Result<u64, BusError> {
        let queue = known_queue(self.0.routes, queue)?;
        Ok(table::count_ready(&self.0.db, queue).await?)
    }

    pub(super) async fn parked(&self, queue: &str) -> Result<Vec<Parked>, BusError> {
        let queue = known_queue(self.0.routes, queue)?;
        let rows = table::parked(&self.0.db, queue, u64::from(PARKED_LIMIT)).await?;
        Ok(rows
            .into_iter()
            .map(|row| Parked::new(&row.body, row.attempts, row.error.unwrap_or_default()))
            .collect())
    }

    pub(super) async fn replay_parked(&self, queue: &str) -> Result<u64, BusError> {
        let queue = known_queue(self.0.routes, queue)?;
        let replayed = table::unpark(&self.0.db, queue, u64::from(PARKED_LIMIT), now_millis()).await?;
        self.wake(queue);
        Ok(replayed)
    }

    pub(super) async fn inject(&self, queue: &str, body: &[u8]) -> Result<(), BusError> {
        let queue = known_queue(self.0.routes, queue)?;
        self.insert(vec![row(queue, "", body.to_vec())]).await?;
        self.wake(queue);
        Ok(())
    }

    /// One row for each queue of the message's topic.
    fn rows_of(&self, message: &Message) -> Result<Vec<table::ActiveModel>, BusError> {
        let body = message.encode()?;
        let id = message.id.to_string();
        Ok(queues_of(self.0.routes, &message.topic)
            .map(|queue| row(queue, &id, body.clone()))
            .collect())
    }

    async fn insert(&self, rows: Vec<table::ActiveModel>) -> Result<(), DbErr> {
        if rows.is_empty() {
            return Ok(());
        }
        let txn = begin_write(&self.0.db).await?;
        table::Entity::insert_many(rows)
            .exec_without_returning(&txn)
            .await?;
        crashpoint!("event_before_confirm");
        txn.commit().await
    }

    fn wake(&self, queue: &str) {
        if let Some(queue) = self.0.queues.get(queue) {
            queue.wake.notify_one();
        }
    }
}

fn row(queue: &str, event_id: &str, body: Vec<u8>) -> table::ActiveModel {
    table::ActiveModel {
        id: ActiveValue::NotSet,
        queue: ActiveValue::Set(queue.to_owned()),
        event_id: ActiveValue::Set(event_id.to_owned()),
        body: ActiveValue::Set(body),
        attempts: ActiveValue::Set(0),
        available_at: ActiveValue::Set(now_millis()),
        error: ActiveValue::Set(None),
        state: ActiveValue::Set(table::READY.to_owned()),
    }
}

fn now_millis() -> i64 {
    Utc::now().timestamp_millis()
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
