//! The bus at a RabbitMQ broker: connections, limits and errors. The only place that knows the client library.
//!
//! Two connections, one to publish and one to consume, so that a broker that holds back publishers still delivers.
//! Neither mends itself inside the client library: publishing opens anew when it must, and a consumer that lost its
//! connection ends with an error, to be started again by its supervisor (reliability L9).

mod consumer;
mod observer;
mod operations;
mod publisher;
mod topology;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use lapin::protocol::{AMQPErrorKind, AMQPHardError, AMQPSoftError};
use lapin::types::ShortString;
use lapin::uri::AMQPUri;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, ErrorKind};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::message::{HandleError, Message};
use super::{BusError, Heard, Life, RetryLadder, Route, known_queue, queues_of};
use publisher::{Outgoing, Publisher};
use topology::Topology;

/// How long the broker may take for one answer, a publisher confirm above all (reliability §5.12).
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// How long opening a connection may take, its handshakes included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A silent peer is given up after twice this many seconds.
const HEARTBEAT_SECONDS: u16 = 10;

/// See the module. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Rabbit(Arc<Inner>);

struct Inner {
    uri: AMQPUri,
    topology: Topology,
    ladder: RetryLadder,
    publisher: Mutex<Publisher>,
    consuming: Mutex<Option<Connection>>,
}

/// Without the URI, which holds the password.
impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner")
            .field("topology", &self.topology)
            .finish_non_exhaustive()
    }
}

impl Rabbit {
    pub(super) async fn open(
        url: &str,
        namespace: &str,
        routes: &'static [Route],
        ladder: RetryLadder,
    ) -> Result<Self, BusError> {
        let mut uri: AMQPUri = url.parse().map_err(BusError::Url)?;
        uri.query.heartbeat.get_or_insert(HEARTBEAT_SECONDS);
        let topology = Topology {
            namespace: namespace.to_owned(),
            routes,
            waits: ladder.waits,
        };
        let bus = Self(Arc::new(Inner {
            uri,
            topology,
            ladder,
            publisher: Mutex::default(),
            consuming: Mutex::default(),
        }));
        match bus.ping().await {
            Ok(()) => Ok(bus),
            Err(error @ (BusError::QueueMismatch { .. } | BusError::Denied(_))) => Err(error),
            Err(error) => {
                tracing::warn!(
                    ?error,
                    "broker not reachable, will be tried again at each publish"
                );
                Ok(bus)
            }
        }
    }

    pub(super) async fn publish(&self, messages: &[Message]) -> Vec<Result<(), BusError>> {
        let mut outcomes: Vec<Result<(), BusError>> = Vec::with_capacity(messages.len());
        let mut batch = Vec::new();
        let mut places = Vec::new();
        for message in messages {
            let outgoing = self.outgoing(message);
            if outgoing.is_ok() {
                places.push(outcomes.len());
            }
            outcomes.push(outgoing.map(|outgoing| batch.push(outgoing)));
        }
        if batch.is_empty() {
            return outcomes;
        }
        for (place, outcome) in places.into_iter().zip(self.publish_batch(&batch).await) {
            outcomes[place] = outcome;
        }
        outcomes
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
        known_queue(self.0.topology.routes, queue)?;
        consumer::run(self, queue, concurrency, &life, handle).await
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
        observer::run(self, topics, &life, hear).await
    }

    /// The message for the exchange.
    fn outgoing(&self, message: &Message) -> Result<Outgoing, BusError> {
        let topology = &self.0.topology;
        let properties = BasicProperties::default()
            .with_content_type("application/json".into())
            .with_type(ShortString::from(message.topic.as_str()));
        Ok(Outgoing {
            exchange: topology.exchange(),
            routing_key: message.topic.clone(),
            id: message.id.to_string(),
            body: message.encode()?,
            is_mandatory: queues_of(topology.routes, &message.topic).next().is_some(),
            properties,
        })
    }

    async fn publish_batch(&self, batch: &[Outgoing]) -> Vec<Result<(), BusError>> {
        let mut publisher = self.0.publisher.lock().await;
        publisher.publish(&self.0.uri, &self.0.topology, batch).await
    }

    async fn publish_one(&self, outgoing: &Outgoing) -> Result<(), BusError> {
        let outcome = self.publish_batch(std::slice::from_ref(outgoing)).await.pop();
        outcome.unwrap_or(Err(BusError::NotTried))
    }

    /// A fresh channel on the connection of the consumers.
    async fn consuming_channel(&self) -> Result<Channel, BusError> {
        let mut slot = self.0.consuming.lock().await;
        if slot.as_ref().is_some_and(|open| !open.status().connected()) {
            *slot = None;
        }
        let connection = match slot.take() {
            Some(open) => open,
            None => connect(&self.0.uri, "consumer").await?,
        };
        let channel = bounded("channel.open", connection.create_channel()).await?;
        *slot = Some(connection);
        Ok(channel)
    }

    fn topology(&self) -> &Topology {
        &self.0.topology
    }

    fn ladder(&self) -> &RetryLadder {
        &self.0.ladder
    }
}

async fn connect(uri: &AMQPUri, purpose: &str) -> Result<Connection, BusError> {
    let properties = ConnectionProperties::default().with_connection_name(purpose.into());
    match timeout(CONNECT_TIMEOUT, Connection::connect_uri(uri.clone(), properties)).await {
        Ok(connected) => connected.map_err(|error| broker_error("connect", error)),
        Err(_) => Err(BusError::Timeout("connect")),
    }
}

/// Waits for the broker, but not for ever.
async fn bounded<T>(
    doing: &'static str,
    answer: impl Future<Output = lapin::Result<T>>,
) -> Result<T, BusError> {
    match timeout(ANSWER_TIMEOUT, answer).await {
        Ok(answer) => answer.map_err(|error| broker_error(doing, error)),
        Err(_) => Err(BusError::Timeout(doing)),
    }
}

fn broker_error(doing: &'static str, error: lapin::Error) -> BusError {
    const DENIED: [AMQPErrorKind; 2] = [
        AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED),
        AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED),
    ];
    let source = Box::new(error.clone());
    match error.kind() {
        ErrorKind::ProtocolError(protocol) if DENIED.contains(protocol.kind()) => BusError::Denied(source),
        _ => BusError::Broker { doing, source },
    }
}

/// Whether the broker answered 406: it has the queue with other settings.
fn is_mismatch(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    let Some(ErrorKind::ProtocolError(protocol)) =
        error.downcast_ref::<lapin::Error>().map(lapin::Error::kind)
    else {
        return false;
    };
    *protocol.kind() == AMQPErrorKind::Soft(AMQPSoftError::PRECONDITIONFAILED)
}
