//! One observer at the broker: a queue of this process alone, which is gone with its connection.

use std::future::Future;

use futures_util::StreamExt;
use lapin::Channel;
use lapin::message::Delivery;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicQosOptions, QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::FieldTable;

use super::consumer::{PREFETCH, TICK, still_open};
use super::{Rabbit, bounded, broker_error};
use crate::bus::message::Message;
use crate::bus::{BusError, Heard, Life};

/// Tells `hear` of every event of `topics`, one after the other, until `life` stops or the connection fails.
pub(super) async fn run<F, Fut>(
    rabbit: &Rabbit,
    topics: &'static [&'static str],
    life: &Life,
    hear: F,
) -> Result<(), BusError>
where
    F: Fn(Heard) -> Fut + Send + Sync,
    Fut: Future<Output = ()> + Send,
{
    let channel = rabbit.consuming_channel().await?;
    let mut deliveries = subscribe(rabbit, &channel, topics).await?;
    hear(Heard::Anew).await;
    while !life.stop.is_cancelled() {
        life.heartbeat.beat();
        tokio::select! {
            () = life.stop.cancelled() => {}
            delivery = deliveries.next() => match delivery {
                Some(Ok(delivery)) => tell(&delivery, &hear).await?,
                Some(Err(error)) => return Err(broker_error("delivery", error)),
                None => return Err(BusError::ConsumerEnded),
            },
            () = tokio::time::sleep(TICK) => still_open(&channel)?,
        }
    }
    if let Err(error) = bounded("channel.close", channel.close(200, "done".into())).await {
        tracing::debug!(?error, "channel of an observer was not closed in order");
    }
    Ok(())
}

async fn tell<F, Fut>(delivery: &Delivery, hear: &F) -> Result<(), BusError>
where
    F: Fn(Heard) -> Fut + Send + Sync,
    Fut: Future<Output = ()> + Send,
{
    match Message::decode(&delivery.data) {
        Ok(message) => hear(Heard::Event(message)).await,
        Err(error) => {
            tracing::error!(?error, "an observed message is no event of ours");
            hear(Heard::Anew).await;
        }
    }
    bounded("basic.ack", delivery.ack(BasicAckOptions::default())).await?;
    Ok(())
}

async fn subscribe(
    rabbit: &Rabbit,
    channel: &Channel,
    topics: &'static [&'static str],
) -> Result<lapin::Consumer, BusError> {
    let topology = rabbit.topology();
    topology.declare_exchange(channel).await?;
    // Not durable, not replicated: what a process missed while it was away it must find out by itself.
    let options = QueueDeclareOptions {
        exclusive: true,
        auto_delete: true,
        ..QueueDeclareOptions::default()
    };
    let queue = bounded(
        "queue.declare",
        channel.queue_declare("".into(), options, FieldTable::default()),
    )
    .await?;
    for topic in topics {
        let binding = channel.queue_bind(
            queue.name().clone(),
            topology.exchange().into(),
            (*topic).into(),
            QueueBindOptions::default(),
            FieldTable::default(),
        );
        bounded("queue.bind", binding).await?;
    }
    let prefetch = channel.basic_qos(PREFETCH, BasicQosOptions::default());
    bounded("basic.qos", prefetch).await?;
    let consuming = channel.basic_consume(
        queue.name().clone(),
        "".into(),
        BasicConsumeOptions::default(),
        FieldTable::default(),
    );
    bounded("basic.consume", consuming).await
}
