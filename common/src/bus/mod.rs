//! The event bus: what a service publishes reaches every queue that listens, at least once, in both modes.
//!
//! `rabbit` speaks to RabbitMQ, `embedded` keeps a SQLite file; retries, parking and replay mean the same in both.

mod embedded;
mod message;
mod rabbit;
mod retry;

use std::future::Future;
use std::path::Path;

use sea_orm::DbErr;
use tokio_util::sync::CancellationToken;

use crate::task::{Heartbeat, Tasks};

use embedded::Embedded;
use rabbit::Rabbit;

pub use message::{Cause, HandleError, Message, Parked};
pub use retry::RetryLadder;

/// Most parked messages that one call lists or replays.
pub const PARKED_LIMIT: u32 = 200;

/// One line of the routing table: events of `topic` go to `queue`. A service may have several queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// As `order.paid`.
    pub topic: &'static str,
    /// Short name, as `orders` or `users.sms`.
    pub queue: &'static str,
}

/// The bus of this process. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Bus {
    /// RabbitMQ, by `amqp://` or `amqps://`.
    Rabbit(Rabbit),
    /// A file beside the databases, by `embedded:`.
    Embedded(Embedded),
}

/// A queue to listen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Its name in the routing table; also that of the listener in logs and in `/readyz`.
    pub name: &'static str,
    /// Messages handled at a time, by one process.
    pub concurrency: usize,
}

/// What an observer hears.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// It hears from now on. Whatever happened before it may have missed.
    Anew,
    /// This happened.
    Event(Message),
}

/// Why the bus could not do it.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// The configured URL is of neither kind. It may hold a password, so only what is wrong with it is repeated.
    #[error("bus url must be embedded: or amqp://user:password@host:port/vhost: {0}")]
    Url(String),
    /// The queue is not in the routing table.
    #[error("queue {0} is not in the routing table")]
    UnknownQueue(String),
    /// The broker knows the queue with other settings.
    #[error("queue {queue} exists with other settings: let it run empty, delete it, start again")]
    QueueMismatch {
        /// Full name at the broker.
        queue: String,
        /// What the broker said.
        source: Cause,
    },
    /// The broker does not let us in; waiting will not help.
    #[error("broker refuses user, password or virtual host")]
    Denied(#[source] Cause),
    /// The broker could not be reached or hung up.
    #[error("broker failed at {doing}")]
    Broker {
        /// The step that failed.
        doing: &'static str,
        /// What went wrong.
        source: Cause,
    },
    /// The broker kept silent for too long.
    #[error("broker did not answer in time at {0}")]
    Timeout(&'static str),
    /// The broker ended the delivery of messages.
    #[error("broker ended the consumer")]
    ConsumerEnded,
    /// A memory or disk alarm: the broker takes no messages for now.
    #[error("broker takes no messages for now (memory or disk alarm)")]
    Blocked,
    /// The broker did not take this message; others may pass.
    #[error("broker did not take the message: {0}")]
    Refused(&'static str),
    /// Not sent, because the batch failed before its turn.
    #[error("not sent, the batch had failed")]
    NotTried,
    /// The message has no JSON form.
    #[error("message has no json form")]
    Encode(#[from] serde_json::Error),
    /// The embedded bus's directory cannot be made.
    #[error("directory of the embedded bus")]
    Directory(#[source] std::io::Error),
    /// The embedded bus's file failed.
    #[error("file of the embedded bus")]
    File(#[from] DbErr),
}

impl BusError {
    /// Whether only this message is affected, so that going on with others makes sense.
    pub fn concerns_one_message(&self) -> bool {
        match self {
            Self::Refused(_) | Self::Encode(_) => true,
            Self::Url(_)
            | Self::UnknownQueue(_)
            | Self::QueueMismatch { .. }
            | Self::Denied(_)
            | Self::Broker { .. }
            | Self::Timeout(_)
            | Self::ConsumerEnded
            | Self::Blocked
            | Self::NotTried
            | Self::Directory(_)
            | Self::File(_) => false,
        }
    }
}

impl Bus {
    /// Opens the bus at `url`: `embedded:` (the file `<data_dir>/bus.db`) or `amqp://…`, where `namespace` prefixes
    /// every name. Makes the queues of all `routes`, so that nothing published is lost for want of its consumer.
    /// A broker that is down is no error (it is tried again at each publish); one that refuses us is.
    pub async fn open(
        url: &str,
        namespace: &str,
        data_dir: &Path,
        routes: &'static [Route],
    ) -> Result<Self, BusError> {
        Self::open_with(url, namespace, data_dir, routes, RetryLadder::default()).await
    }

    /// [`Bus::open`] with other waiting times, for tests.
    #[doc(hidden)]
    pub async fn open_with(
        url: &str,
        namespace: &str,
        data_dir: &Path,
        routes: &'static [Route],
        ladder: RetryLadder,
    ) -> Result<Self, BusError> {
        if url == "embedded:" {
            return Embedded::open(data_dir, routes, ladder).await.map(Self::Embedded);
        }
        Rabbit::open(url, namespace, routes, ladder)
            .await
            .map(Self::Rabbit)
    }

    /// Publishes all. `Ok` for a message once it is on disk in every queue of its topic; at once when the topic has
    /// none. The answers stand in the order of `messages`.
    pub async fn publish(&self, messages: &[Message]) -> Vec<Result<(), BusError>> {
        match self {
            Self::Rabbit(bus) => bus.publish(messages).await,
            Self::Embedded(bus) => bus.publish(messages).await,
        }
    }

    /// Listens to `queue` for as long as the tasks run: each message goes to `handle` with the state, up to
    /// `concurrency` at a time. A message is done when `handle` succeeded; it may come again, also to another replica.
    pub fn listen<S, F, Fut>(&self, tasks: &Tasks, queue: Queue, state: S, handle: F) -> Heartbeat
    where
        S: Clone + Send + Sync + 'static,
        F: Fn(S, Message) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<(), HandleError>> + Send + 'static,
    {
        let bus = self.clone();
        tasks.supervise(queue.name, move |stop, beat| {
            let (bus, state, handle) = (bus.clone(), state.clone(), handle.clone());
            async move {
                let handle = move |message| handle(state.clone(), message);
                bus.consume(queue.name, queue.concurrency, stop, beat, handle)
                    .await
            }
        })
    }

    /// Hands the messages of `queue` to `handle`, up to `concurrency` at a time, until `stop`. A message is done when
    /// `handle` succeeded; it may come again, also to another replica. Body for [`crate::task::Tasks::supervise`].
    #[allow(clippy::too_many_arguments)] // five and self
    pub async fn consume<F, Fut>(
        &self,
        queue: &'static str,
        concurrency: usize,
        stop: CancellationToken,
        heartbeat: Heartbeat,
        handle: F,
    ) -> Result<(), BusError>
    where
        F: Fn(Message) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<(), HandleError>> + Send + 'static,
    {
        let life = Life { stop, heartbeat };
        match self {
            Self::Rabbit(bus) => bus.consume(queue, concurrency.max(1), life, handle).await,
            Self::Embedded(bus) => bus.consume(queue, concurrency.max(1), life, handle).await,
        }
    }

    /// Tells this process of every event of `topics` from now on, one after the other, until `stop`: each process hears
    /// each event, and nothing is kept for those that are away. After every gap comes [`Heard::Anew`]. Body for
    /// [`crate::task::Tasks::supervise`].
    #[allow(clippy::too_many_arguments)] // four and self
    pub async fn observe<F, Fut>(
        &self,
        topics: &'static [&'static str],
        stop: CancellationToken,
        heartbeat: Heartbeat,
        hear: F,
    ) -> Result<(), BusError>
    where
        F: Fn(Heard) -> Fut + Send + Sync,
        Fut: Future<Output = ()> + Send,
    {
        let life = Life { stop, heartbeat };
        match self {
            Self::Rabbit(bus) => bus.observe(topics, life, hear).await,
            Self::Embedded(bus) => bus.observe(topics, life, hear).await,
        }
    }

    /// Whether the bus answers.
    pub async fn ping(&self) -> Result<(), BusError> {
        match self {
            Self::Rabbit(bus) => bus.ping().await,
            Self::Embedded(bus) => bus.ping().await,
        }
    }

    /// Messages that wait in `queue`, those between two attempts included. Those in a handler's hands may count.
    pub async fn depth(&self, queue: &str) -> Result<u64, BusError> {
        match self {
            Self::Rabbit(bus) => bus.depth(queue).await,
            Self::Embedded(bus) => bus.depth(queue).await,
        }
    }

    /// The parked messages of `queue`, oldest first, at most [`PARKED_LIMIT`].
    pub async fn parked(&self, queue: &str) -> Result<Vec<Parked>, BusError> {
        match self {
            Self::Rabbit(bus) => bus.parked(queue).await,
            Self::Embedded(bus) => bus.parked(queue).await,
        }
    }

    /// Brings parked messages back to `queue`, as if new, at most [`PARKED_LIMIT`]; answers how many.
    pub async fn replay_parked(&self, queue: &str) -> Result<u64, BusError> {
        match self {
            Self::Rabbit(bus) => bus.replay_parked(queue).await,
            Self::Embedded(bus) => bus.replay_parked(queue).await,
        }
    }

    /// Puts raw bytes into `queue`: how tests deliver what no publisher of ours would send.
    #[doc(hidden)]
    pub async fn inject(&self, queue: &str, body: &[u8]) -> Result<(), BusError> {
        match self {
            Self::Rabbit(bus) => bus.inject(queue, body).await,
            Self::Embedded(bus) => bus.inject(queue, body).await,
        }
    }

    /// Deletes every queue and exchange of the namespace at the broker: how tests clean up.
    #[doc(hidden)]
    pub async fn delete_topology(&self) -> Result<(), BusError> {
        match self {
            Self::Rabbit(bus) => bus.delete_topology().await,
            Self::Embedded(_) => Ok(()),
        }
    }
}

/// What a consumer lives by.
struct Life {
    stop: CancellationToken,
    heartbeat: Heartbeat,
}

/// The queues of `topic`.
fn queues_of<'a>(routes: &'static [Route], topic: &'a str) -> impl Iterator<Item = &'static str> + use<'a> {
    routes
        .iter()
        .filter(move |route| route.topic == topic)
        .map(|route| route.queue)
}

/// The table's own name of `queue`.
fn known_queue(routes: &'static [Route], queue: &str) -> Result<&'static str, BusError> {
    routes
        .iter()
        .find(|route| route.queue == queue)
        .map(|route| route.queue)
        .ok_or_else(|| BusError::UnknownQueue(queue.to_owned()))
}
