//! What operators and tests ask the broker: is it there, how much waits, what was given up.

use lapin::BasicProperties;
use lapin::Channel;
use lapin::message::BasicGetMessage;
use lapin::options::{
    BasicAckOptions, BasicGetOptions, ExchangeDeleteOptions, QueueDeclareOptions, QueueDeleteOptions,
};
use lapin::types::{FieldTable, ShortString};

use super::consumer::{attempts, error_text, event_id, moved};
use super::publisher::Outgoing;
use super::{Rabbit, bounded};
use crate::bus::{BusError, PARKED_LIMIT, Parked, known_queue};
use crate::ids;

impl Rabbit {
    /// Opens what publishing needs and asks the broker for an answer.
    pub(in crate::bus) async fn ping(&self) -> Result<(), BusError> {
        let mut publisher = self.0.publisher.lock().await;
        publisher.ready(&self.0.uri, &self.0.topology).await?;
        publisher.ping().await
    }

    pub(in crate::bus) async fn depth(&self, queue: &str) -> Result<u64, BusError> {
        let queue = known_queue(self.0.topology.routes, queue)?;
        let parked = self.0.topology.parked(queue);
        let channel = self.consuming_channel().await?;
        let mut depth = 0;
        for name in self
            .0
            .topology
            .all_names(queue)
            .into_iter()
            .filter(|name| *name != parked)
        {
            depth += u64::from(message_count(&channel, &name).await?);
        }
        Ok(depth)
    }

    /// Looks at the parked messages and puts them back by closing the channel they were taken on.
    pub(in crate::bus) async fn parked(&self, queue: &str) -> Result<Vec<Parked>, BusError> {
        let name = self.parked_name(queue)?;
        let channel = self.consuming_channel().await?;
        let mut parked = Vec::new();
        while let Some(message) = take_one(&channel, &name, parked.len()).await? {
            let properties = &message.delivery.properties;
            parked.push(Parked::new(
                &message.delivery.data,
                attempts(properties),
                error_text(properties),
            ));
        }
        bounded("channel.close", channel.close(200, "seen".into())).await?;
        Ok(parked)
    }

    pub(in crate::bus) async fn replay_parked(&self, queue: &str) -> Result<u64, BusError> {
        let name = self.parked_name(queue)?;
        let target = self.0.topology.queue(queue);
        let channel = self.consuming_channel().await?;
        let mut replayed = 0;
        while let Some(message) = take_one(&channel, &name, replayed).await? {
            let delivery = message.delivery;
            let id = event_id(&delivery.properties);
            self.publish_one(&moved(&delivery, id, target.clone(), FieldTable::default()))
                .await?;
            bounded("basic.ack", delivery.ack(BasicAckOptions::default())).await?;
            replayed += 1;
        }
        bounded("channel.close", channel.close(200, "done".into())).await?;
        Ok(u64::try_from(replayed).unwrap_or(u64::MAX))
    }

    pub(in crate::bus) async fn inject(&self, queue: &str, body: &[u8]) -> Result<(), BusError> {
        let queue = known_queue(self.0.topology.routes, queue)?;
        self.publish_one(&Outgoing {
            exchange: String::new(),
            routing_key: self.0.topology.queue(queue),
            id: ids::fresh().to_string(),
            body: body.to_vec(),
            is_mandatory: true,
            properties: BasicProperties::default(),
        })
        .await
    }

    pub(in crate::bus) async fn delete_topology(&self) -> Result<(), BusError> {
        let topology = &self.0.topology;
        let channel = self.consuming_channel().await?;
        for queue in topology.queues() {
            for name in topology.all_names(queue) {
                let deleted = channel.queue_delete(name.into(), QueueDeleteOptions::default());
                bounded("queue.delete", deleted).await?;
            }
        }
        let deleted = channel.exchange_delete(topology.exchange().into(), ExchangeDeleteOptions::default());
        bounded("exchange.delete", deleted).await
    }

    fn parked_name(&self, queue: &str) -> Result<String, BusError> {
        let queue = known_queue(self.0.topology.routes, queue)?;
        Ok(self.0.topology.parked(queue))
    }
}

/// The next message of the queue, unless `taken` reached the limit.
async fn take_one(channel: &Channel, name: &str, taken: usize) -> Result<Option<BasicGetMessage>, BusError> {
    if taken >= PARKED_LIMIT as usize {
        return Ok(None);
    }
    let taking = channel.basic_get(ShortString::from(name), BasicGetOptions::default());
    bounded("basic.get", taking).await
}

async fn message_count(channel: &Channel, name: &str) -> Result<u32, BusError> {
    let options = QueueDeclareOptions {
        passive: true,
        ..QueueDeclareOptions::default()
    };
    let asked = channel.queue_declare(ShortString::from(name), options, FieldTable::default());
    Ok(bounded("queue.declare", asked).await?.message_count())
}
