//! An event on its way: the envelope on the wire, and what a handler may answer.

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::outbox::Event;

/// Bodies above this are parked unread: no event of ours comes near it.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// An event on its way. On the wire it is the JSON object
/// `{id, type, version, key, occurred_at, trace, data}`; fields that a reader does not know are ignored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Names this event for ever; consumers remember it in their inbox.
    pub id: Uuid,
    /// What happened, as `order.paid`.
    #[serde(rename = "type")]
    pub topic: String,
    /// Version of `data`; grows only when a field changes its meaning.
    pub version: u32,
    /// Whom it happened to, as the order's id.
    pub key: String,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// W3C traceparent of the work that caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// The event itself.
    pub data: serde_json::Value,
}

impl Message {
    /// The event in `data`. Another topic, a version newer than ours, or a body of another shape will not become
    /// readable by waiting: parked.
    pub fn read<E: Event + DeserializeOwned>(&self) -> Result<E, HandleError> {
        if self.topic != E::TOPIC || self.version > E::VERSION {
            return Err(HandleError::park(Undecodable::Unknown {
                topic: self.topic.clone(),
                version: self.version,
            }));
        }
        E::deserialize(&self.data).map_err(HandleError::park)
    }

    pub(super) fn decode(body: &[u8]) -> Result<Self, Undecodable> {
        if body.len() > MAX_BODY_BYTES {
            return Err(Undecodable::TooLong(body.len()));
        }
        Ok(serde_json::from_slice(body)?)
    }

    pub(super) fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}

/// Why a message cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Undecodable {
    #[error("body of {0} bytes is too long")]
    TooLong(usize),
    #[error("body is not an event")]
    Malformed(#[from] serde_json::Error),
    #[error("version {version} of {topic} is not known here")]
    Unknown { topic: String, version: u32 },
}

/// Any error, as handlers meet them.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a handler failed. Any error that `?` meets becomes [`HandleError::Retry`].
#[derive(Debug)]
pub enum HandleError {
    /// Later it may work: the message waits and comes back, eight times in all.
    Retry(Cause),
    /// It never will: the message is parked at once.
    Park(Cause),
}

impl HandleError {
    /// Parks the message for `cause`.
    pub fn park(cause: impl Into<Cause>) -> Self {
        Self::Park(cause.into())
    }
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for HandleError {
    fn from(cause: E) -> Self {
        Self::Retry(Box::new(cause))
    }
}

/// A message that was given up.
#[derive(Clone, Debug)]
pub struct Parked {
    /// Its event id; `None` when the body could not be read.
    pub event_id: Option<Uuid>,
    /// The body as it arrived, cut to what a page can show.
    pub body: String,
    /// How often a handler was tried.
    pub attempts: u32,
    /// The last failure, with its causes.
    pub error: String,
}

impl Parked {
    pub(super) fn new(body: &[u8], attempts: u32, error: String) -> Self {
        const SHOWN_BYTES: usize = 4096;
        Self {
            event_id: Message::decode(body).ok().map(|message| message.id),
            body: String::from_utf8_lossy(&body[..body.len().min(SHOWN_BYTES)]).into_owned(),
            attempts,
            error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Moved {
        to: String,
    }

    impl Event for Moved {
        const TOPIC: &'static str = "thing.moved";
        const VERSION: u32 = 2;

        fn key(&self) -> String {
            self.to.clone()
        }
    }

    fn message(topic: &str, version: u32, data: serde_json::Value) -> Message {
        Message {
            id: Uuid::nil(),
            topic: topic.to_owned(),
            version,
            key: String::new(),
            occurred_at: DateTime::UNIX_EPOCH,
            trace: None,
            data,
        }
    }

    #[test]
    fn an_event_of_our_version_or_an_older_one_is_read_and_unknown_fields_are_ignored() {
        let data = serde_json::json!({"to": "shelf", "from": "cellar"});
        for version in [1, 2] {
            let read = message("thing.moved", version, data.clone()).read::<Moved>();
            assert_eq!(read.unwrap().to, "shelf");
        }
    }

    #[test]
    fn another_topic_a_newer_version_or_another_shape_is_parked() {
        let data = serde_json::json!({"to": "shelf"});
        for message in [
            message("thing.sold", 1, data.clone()),
            message("thing.moved", 3, data),
            message("thing.moved", 1, serde_json::json!({"to": 7})),
        ] {
            let outcome = message.read::<Moved>();
            assert!(matches!(outcome, Err(HandleError::Park(_))), "{outcome:?}");
        }
    }
}
