//! One consumer at the broker: hands deliveries out, acknowledges what is done, sends what failed to wait or to park.
//!
//! A message is never requeued on failure: the broker would deliver it again at once, thousands of times a second
//! (reliability L4). It moves by a confirmed publish, and only then is the delivery acknowledged.

use std::time::Duration;

use futures_util::StreamExt;
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::publisher::Outgoing;
use super::{Rabbit, bounded, broker_error};
use crate::bus::message::{HandleError, Message};
use crate::bus::retry::{Verdict, attempt, report};
use crate::bus::{BusError, Life};
use crate::ids;
use crate::task::pause_unless_stopped;

/// Deliveries that may be under way to one consumer at least (reliability §5.6): as many as it handles at a time, where
/// that is more.
pub(super) const PREFETCH: u16 = 20;

/// How often a consumer without work shows that it is alive.
pub(super) const TICK: Duration = Duration::from_secs(5);

/// Shortest and longest pause between two tries to move a failed message on.
const PUBLISH_PAUSE: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(10));

/// Header: attempts made so far.
pub(super) const ATTEMPTS: &str = "x-attempts";
/// Header: the last failure with its causes.
const ERROR: &str = "x-error";
/// Header of RabbitMQ: why it moved the message by itself.
const DEATH_REASON: &str = "x-first-death-reason";

/// Consumes `queue` until `life` stops or the connection fails; what is in hand is brought to its end either way.
pub(super) async fn run<F, Fut>(
    rabbit: &Rabbit,
    queue: &'static str,
    concurrency: usize,
    life: &Life,
    handle: F,
) -> Result<(), BusError>
where
    F: Fn(Message) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<(), HandleError>> + Send + 'static,
{
    let channel = rabbit.consuming_channel().await?;
    let prefetch = u16::try_from(concurrency).unwrap_or(u16::MAX).max(PREFETCH);
    let mut deliveries = subscribe(rabbit, &channel, queue, prefetch).await?;
    let mut handling = JoinSet::new();
    let mut outcome = Ok(());
    while outcome.is_ok() && !life.stop.is_cancelled() {
        life.heartbeat.beat();
        let has_room = handling.len() < concurrency;
        outcome = tokio::select! {
            () = life.stop.cancelled() => Ok(()),
            Some(settled) = handling.join_next() => settled.unwrap_or(Err(BusError::ConsumerEnded)),
            delivery = deliveries.next(), if has_room => match delivery {
                Some(Ok(delivery)) => {
                    let work = process(rabbit.clone(), queue, delivery, handle.clone(), life.stop.clone());
                    handling.spawn(work);
                    Ok(())
                }
                Some(Err(error)) => Err(broker_error("delivery", error)),
                None => Err(BusError::ConsumerEnded),
            },
            () = tokio::time::sleep(TICK) => still_open(&channel),
        };
    }
    while let Some(settled) = handling.join_next().await {
        outcome = outcome.and(settled.unwrap_or(Err(BusError::ConsumerEnded)));
    }
    // Brings the acknowledgements to the broker and gives back what was not begun.
    if let Err(error) = bounded("channel.close", channel.close(200, "done".into())).await {
        tracing::debug!(queue, ?error, "channel of {queue} was not closed in order");
    }
    outcome
}

pub(super) fn still_open(channel: &Channel) -> Result<(), BusError> {
    if channel.status().connected() {
        Ok(())
    } else {
        Err(BusError::ConsumerEnded)
    }
}

async fn subscribe(
    rabbit: &Rabbit,
    channel: &Channel,
    queue: &str,
    prefetch: u16,
) -> Result<lapin::Consumer, BusError> {
    rabbit.topology().declare(channel, queue).await?;
    let prefetch = channel.basic_qos(prefetch, BasicQosOptions::default());
    bounded("basic.qos", prefetch).await?;
    let consuming = channel.basic_consume(
        rabbit.topology().queue(queue).into(),
        "".into(),
        BasicConsumeOptions::default(),
        FieldTable::default(),
    );
    bounded("basic.consume", consuming).await
}

/// One attempt at one delivery, to its acknowledgement.
async fn process<F, Fut>(
    rabbit: Rabbit,
    queue: &'static str,
    delivery: Delivery,
    handle: F,
    stop: CancellationToken,
) -> Result<(), BusError>
where
    F: Fn(Message) -> Fut + Send + Sync,
    Fut: Future<Output = Result<(), HandleError>> + Send,
{
    let attempt_number = attempts(&delivery.properties) + 1;
    let outcome = attempt(handle, &delivery.data).await;
    let verdict = rabbit.ladder().judge(outcome, attempt_number);
    let event_id = event_id(&delivery.properties);
    report(queue, &event_id, &verdict);
    let target = match verdict {
        Verdict::Done => None,
        Verdict::Again { tier, error } => Some((rabbit.topology().waiting(queue, tier), error)),
        Verdict::Park { error } => Some((rabbit.topology().parked(queue), error)),
    };
    if let Some((target, error)) = target {
        let moved = moved(
            &delivery,
            event_id,
            target,
            failure_headers(attempt_number, error),
        );
        publish_patiently(&rabbit, &moved, &delivery, &stop).await?;
    }
    bounded("basic.ack", delivery.ack(BasicAckOptions::default())).await?;
    Ok(())
}

/// Publishes until the broker has it. A broker that takes nothing for now (an alarm) must not cost the consumer its
/// connection: each redelivery brings all messages in hand nearer to the broker's delivery limit.
async fn publish_patiently(
    rabbit: &Rabbit,
    moved: &Outgoing,
    delivery: &Delivery,
    stop: &CancellationToken,
) -> Result<(), BusError> {
    let mut pause = PUBLISH_PAUSE.0;
    loop {
        match rabbit.publish_one(moved).await {
            Ok(()) => return Ok(()),
            Err(error) if stop.is_cancelled() || !delivery.acker.usable() => return Err(error),
            Err(error) => {
                let event_id = &moved.id;
                tracing::warn!(
                    event.id = event_id,
                    ?error,
                    "event {event_id} not moved on, will be tried again"
                );
            }
        }
        pause_unless_stopped(stop, pause).await;
        pause = (pause * 2).min(PUBLISH_PAUSE.1);
    }
}

fn failure_headers(attempts: u32, error: String) -> FieldTable {
    let mut headers = FieldTable::default();
    headers.insert(ATTEMPTS.into(), AMQPValue::LongLongInt(i64::from(attempts)));
    headers.insert(ERROR.into(), AMQPValue::LongString(error.into()));
    headers
}

/// The delivery on its way to another queue, with `headers` in place of those it had.
pub(super) fn moved(delivery: &Delivery, event_id: String, queue: String, headers: FieldTable) -> Outgoing {
    Outgoing {
        exchange: String::new(),
        routing_key: queue,
        id: event_id,
        body: delivery.data.clone(),
        is_mandatory: true,
        properties: delivery.properties.clone().with_headers(headers),
    }
}

/// The event's id as its publisher gave it; strangers' messages get a fresh one.
pub(super) fn event_id(properties: &BasicProperties) -> String {
    match properties.message_id() {
        Some(id) => id.to_string(),
        None => ids::fresh().to_string(),
    }
}

/// Attempts that the message has behind it.
pub(super) fn attempts(properties: &BasicProperties) -> u32 {
    match header(properties, ATTEMPTS) {
        Some(AMQPValue::LongLongInt(attempts)) => u32::try_from(*attempts).unwrap_or(0),
        _ => 0,
    }
}

/// Why the message was parked: our own words, or the broker's.
pub(super) fn error_text(properties: &BasicProperties) -> String {
    match header(properties, ERROR).or_else(|| header(properties, DEATH_REASON)) {
        Some(AMQPValue::LongString(text)) => String::from_utf8_lossy(text.as_bytes()).into_owned(),
        _ => String::new(),
    }
}

fn header<'a>(properties: &'a BasicProperties, name: &str) -> Option<&'a AMQPValue> {
    properties.headers().as_ref()?.inner().get(name)
}
