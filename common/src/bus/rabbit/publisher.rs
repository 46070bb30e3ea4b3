//! Publishing with proof: a message counts as sent when the broker has it on disk and in a queue.

use std::collections::HashSet;

use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::ShortString;
use lapin::{BasicProperties, Channel, Confirmation, Connection, PublisherConfirm};
use tokio::time::{Instant, timeout_at};

use super::topology::Topology;
use super::{ANSWER_TIMEOUT, bounded, broker_error, connect};
use crate::bus::BusError;
use crate::crashpoint;

/// `delivery_mode` of a message that survives the broker's end (AMQP 0-9-1).
const PERSISTENT: u8 = 2;

/// A message as the broker takes it.
pub(super) struct Outgoing {
    /// Empty for the default exchange, where the routing key is a queue's name.
    pub exchange: String,
    pub routing_key: String,
    /// Must be unique within a batch: returned messages are told apart by it.
    pub id: String,
    pub body: Vec<u8>,
    /// Whether it must reach a queue: not one that only observers hear of.
    pub is_mandatory: bool,
    pub properties: BasicProperties,
}

/// The connection to publish by, opened when first needed and again when it broke.
#[derive(Default)]
pub(super) struct Publisher {
    connection: Option<Connection>,
    channel: Option<Channel>,
}

impl Publisher {
    /// Publishes one batch and waits for the broker's answers. Batches never overlap on a channel: the client library
    /// hands a returned message to any confirm of the batch, so that only the batch's ids tell whose it is.
    pub async fn publish(
        &mut self,
        uri: &lapin::uri::AMQPUri,
        topology: &Topology,
        batch: &[Outgoing],
    ) -> Vec<Result<(), BusError>> {
        let outcomes = match self.ready(uri, topology).await {
            Ok(channel) => send(&channel, batch).await,
            Err(error) => fail_all(batch.len(), error),
        };
        if outcomes.iter().any(Result::is_err) {
            // Late confirms must not be taken for the next batch's, and a queue that went missing must be made again.
            self.channel = None;
        }
        outcomes
    }

    /// A channel in confirm mode, with everything declared.
    pub async fn ready(
        &mut self,
        uri: &lapin::uri::AMQPUri,
        topology: &Topology,
    ) -> Result<Channel, BusError> {
        if self
            .connection
            .as_ref()
            .is_some_and(|open| !open.status().connected())
        {
            *self = Self::default();
        }
        if let Some(channel) = self.channel.as_ref().filter(|open| open.status().connected()) {
            return Ok(channel.clone());
        }
        let connection = match self.connection.take() {
            // Kept, not opened anew: a blocked broker would collect connections it cannot even close.
            Some(open) if open.status().blocked() => {
                self.connection = Some(open);
                return Err(BusError::Blocked);
            }
            Some(open) => open,
            None => connect(uri, "publisher").await?,
        };
        let channel = bounded("channel.open", connection.create_channel()).await?;
        bounded(
            "confirm.select",
            channel.confirm_select(ConfirmSelectOptions::default()),
        )
        .await?;
        topology.declare_all(&channel).await?;
        self.connection = Some(connection);
        self.channel = Some(channel.clone());
        Ok(channel)
    }

    /// Asks the broker for an answer, on a channel that is used for nothing else.
    pub async fn ping(&self) -> Result<(), BusError> {
        let Some(connection) = &self.connection else {
            return Err(BusError::NotTried);
        };
        let channel = bounded("channel.open", connection.create_channel()).await?;
        bounded("channel.close", channel.close(200, "pong".into())).await
    }
}

async fn send(channel: &Channel, batch: &[Outgoing]) -> Vec<Result<(), BusError>> {
    let mut confirms = Vec::with_capacity(batch.len());
    for outgoing in batch {
        match bounded("basic.publish", begin(channel, outgoing)).await {
            Ok(confirm) => confirms.push(confirm),
            Err(error) => return fail_all(batch.len(), error),
        }
    }
    crashpoint!("event_before_confirm");
    let answers = answers(confirms).await;
    let returned: HashSet<String> = answers
        .iter()
        .filter_map(|answer| match answer {
            Ok(Confirmation::Ack(Some(back)) | Confirmation::Nack(Some(back))) => back
                .delivery
                .properties
                .message_id()
                .as_ref()
                .map(ToString::to_string),
            _ => None,
        })
        .collect();
    batch
        .iter()
        .zip(answers)
        .map(|(outgoing, answer)| judge(answer, returned.contains(&outgoing.id)))
        .collect()
}

async fn begin(channel: &Channel, outgoing: &Outgoing) -> lapin::Result<PublisherConfirm> {
    let options = BasicPublishOptions {
        mandatory: outgoing.is_mandatory,
        ..BasicPublishOptions::default()
    };
    let properties = outgoing
        .properties
        .clone()
        .with_delivery_mode(PERSISTENT)
        .with_message_id(ShortString::from(outgoing.id.as_str()));
    channel
        .basic_publish(
            outgoing.exchange.as_str().into(),
            outgoing.routing_key.as_str().into(),
            options,
            &outgoing.body,
            properties,
        )
        .await
}

/// Waits for all confirms, together no longer than for one answer.
async fn answers(confirms: Vec<PublisherConfirm>) -> Vec<Result<Confirmation, BusError>> {
    let deadline = Instant::now() + ANSWER_TIMEOUT;
    let mut answers = Vec::with_capacity(confirms.len());
    for confirm in confirms {
        answers.push(match timeout_at(deadline, confirm).await {
            Ok(answer) => answer.map_err(|error| broker_error("confirm", error)),
            Err(_) => Err(BusError::Timeout("confirm")),
        });
    }
    answers
}

fn judge(answer: Result<Confirmation, BusError>, is_returned: bool) -> Result<(), BusError> {
    match answer? {
        Confirmation::Ack(_) if !is_returned => Ok(()),
        Confirmation::Ack(_) => Err(BusError::Refused("no queue takes it")),
        Confirmation::Nack(_) => Err(BusError::Refused("not stored")),
        Confirmation::NotRequested => Err(BusError::Refused("no confirm asked for")),
    }
}

fn fail_all(count: usize, error: BusError) -> Vec<Result<(), BusError>> {
    let mut first = Some(error);
    (0..count)
        .map(|_| Err(first.take().unwrap_or(BusError::NotTried)))
        .collect()
}
