//! What the broker must have: one exchange, and for each queue its three waiting queues and its parking place.
//!
//! All are quorum queues. A waiting queue has one fixed lifetime, which is in its name: the broker refuses to change
//! it, and a lifetime per message would hold up the short behind the long (reliability L4).

use std::time::Duration;

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{Channel, ExchangeKind};

use super::bounded;
use crate::bus::{BusError, Route};

/// Deliveries of one message after which the broker parks it by itself, should our own counting ever fail.
const DELIVERY_LIMIT: i32 = 20;

/// Looking at parked messages counts as delivering them, and must never lose them.
const NO_DELIVERY_LIMIT: i32 = i32::MAX;

/// The names of one shop at the broker.
#[derive(Debug)]
pub(super) struct Topology {
    pub namespace: String,
    pub routes: &'static [Route],
    pub waits: [Duration; 3],
}

impl Topology {
    pub fn exchange(&self) -> String {
        format!("{}.events", self.namespace)
    }

    pub fn queue(&self, queue: &str) -> String {
        format!("{}.q.{queue}", self.namespace)
    }

    pub fn waiting(&self, queue: &str, tier: usize) -> String {
        format!("{}.retry.{}", self.queue(queue), short_text(self.waits[tier]))
    }

    pub fn parked(&self, queue: &str) -> String {
        format!("{}.parked", self.queue(queue))
    }

    /// The queues of the routing table, each once.
    pub fn queues(&self) -> Vec<&'static str> {
        let mut queues: Vec<&'static str> = self.routes.iter().map(|route| route.queue).collect();
        queues.sort_unstable();
        queues.dedup();
        queues
    }

    /// Every name of `queue`: itself, its waiting queues, its parking place.
    pub fn all_names(&self, queue: &str) -> Vec<String> {
        let mut names = vec![self.queue(queue), self.parked(queue)];
        names.extend((0..self.waits.len()).map(|tier| self.waiting(queue, tier)));
        names
    }

    /// Makes everything that is missing.
    pub async fn declare_all(&self, channel: &Channel) -> Result<(), BusError> {
        for queue in self.queues() {
            self.declare(channel, queue).await?;
        }
        Ok(())
    }

    /// Makes what `queue` needs.
    pub async fn declare(&self, channel: &Channel, queue: &str) -> Result<(), BusError> {
        self.declare_exchange(channel).await?;
        let name = self.queue(queue);
        let parked = self.parked(queue);
        declare_queue(channel, &parked, quorum(NO_DELIVERY_LIMIT)).await?;
        let mut arguments = quorum(DELIVERY_LIMIT);
        dead_letters_to(&mut arguments, &parked);
        declare_queue(channel, &name, arguments).await?;
        for (tier, wait) in self.waits.iter().enumerate() {
            let mut arguments = quorum(DELIVERY_LIMIT);
            dead_letters_to(&mut arguments, &name);
            let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
            arguments.insert("x-message-ttl".into(), AMQPValue::LongLongInt(millis));
            declare_queue(channel, &self.waiting(queue, tier), arguments).await?;
        }
        for route in self.routes.iter().filter(|route| route.queue == queue) {
            let binding = channel.queue_bind(
                name.clone().into(),
                self.exchange().into(),
                route.topic.into(),
                QueueBindOptions::default(),
                FieldTable::default(),
            );
            bounded("queue.bind", binding).await?;
        }
        Ok(())
    }

    /// Makes the exchange.
    pub async fn declare_exchange(&self, channel: &Channel) -> Result<(), BusError> {
        let options = ExchangeDeclareOptions {
            durable: true,
            ..ExchangeDeclareOptions::default()
        };
        let declared = channel.exchange_declare(
            self.exchange().into(),
            ExchangeKind::Topic,
            options,
            FieldTable::default(),
        );
        bounded("exchange.declare", declared).await
    }
}

fn quorum(delivery_limit: i32) -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    arguments.insert("x-delivery-limit".into(), AMQPValue::LongInt(delivery_limit));
    arguments
}

/// Messages that expire or fail too often move to `queue` and are kept until they have arrived there.
fn dead_letters_to(arguments: &mut FieldTable, queue: &str) {
    for (name, value) in [
        ("x-dead-letter-exchange", ""),
        ("x-dead-letter-routing-key", queue),
        ("x-dead-letter-strategy", "at-least-once"),
        ("x-overflow", "reject-publish"),
    ] {
        arguments.insert(name.into(), AMQPValue::LongString(value.into()));
    }
}

async fn declare_queue(channel: &Channel, name: &str, arguments: FieldTable) -> Result<(), BusError> {
    let options = QueueDeclareOptions {
        durable: true,
        ..QueueDeclareOptions::default()
    };
    let declared = bounded(
        "queue.declare",
        channel.queue_declare(ShortString::from(name), options, arguments),
    );
    match declared.await {
        Ok(_) => Ok(()),
        Err(BusError::Broker { source, .. }) if super::is_mismatch(&*source) => {
            Err(BusError::QueueMismatch {
                queue: name.to_owned(),
                source,
            })
        }
        Err(error) => Err(error),
    }
}

/// `5s`, `5m`, `250ms`.
fn short_text(wait: Duration) -> String {
    match (wait.as_millis(), wait.as_secs()) {
        (millis, _) if millis % 1000 != 0 => format!("{millis}ms"),
        (_, seconds) if seconds >= 60 && seconds % 60 == 0 => format!("{}m", seconds / 60),
        (_, seconds) => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiting_queue_has_its_lifetime_in_its_name() {
        let topology = Topology {
            namespace: "dadashop".to_owned(),
            routes: &[],
            waits: [5_000, 300_000, 250].map(Duration::from_millis),
        };
        let names = [0, 1, 2].map(|tier| topology.waiting("orders", tier));
        let expected = ["5s", "5m", "250ms"].map(|wait| format!("dadashop.q.orders.retry.{wait}"));
        assert_eq!(names, expected);
    }
}
