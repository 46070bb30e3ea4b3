//! Request bodies on their way to a service: passed on as they come, within the route's size and our patience.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::Payload;
use bytes::Bytes;
use futures_util::StreamExt;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};

use crate::error::GatewayError;

/// How long we wait for the next byte, and for the service to take what it has (reliability §5.12).
const PATIENCE: Duration = Duration::from_secs(10);
/// Slower than this many bytes in a second nobody uploads.
const MIN_PACE: u64 = 1024;
/// Parts that may wait between client and service; one holds a few kilobytes.
const PARTS_WAITING: usize = 4;

/// A request body. Clones are of use as long as nothing was read: for the next replica when one refuses.
#[derive(Clone, Debug)]
pub enum Upload {
    /// All of it, or nothing: what came with the head.
    Whole(Bytes),
    /// What [`Rest`] is still passing on.
    Coming {
        /// Its end is a part of its own, so that a body that breaks off is not taken for a whole one.
        parts: Arc<Mutex<mpsc::Receiver<Part>>>,
        /// Its length, when the client told it.
        length: Option<u64>,
    },
}

/// A part of a body.
#[derive(Debug)]
pub enum Part {
    /// Some bytes.
    Bytes(Bytes),
    /// There is no more.
    End,
}

/// The client's body broke off; the service must not take it for whole.
#[derive(Debug, thiserror::Error)]
#[error("the request body broke off")]
pub struct BrokeOff;

/// What did not come with the head.
pub struct Rest {
    reader: Reader,
    first: Bytes,
    parts: mpsc::Sender<Part>,
}

/// Reads a body within limits.
struct Reader {
    payload: Payload,
    limit: u64,
    received: u64,
    started: Instant,
}

/// Reads the first part of a body. Small ones are whole with it; else there is a rest to pass on.
pub async fn open(
    request: &HttpRequest,
    payload: Payload,
    limit: u64,
) -> Result<(Upload, Option<Rest>), GatewayError> {
    let length = declared_length(request);
    if length.is_some_and(|length| length > limit) {
        return Err(GatewayError::BodyTooLarge);
    }
    let mut reader = Reader {
        payload,
        limit,
        received: 0,
        started: Instant::now(),
    };
    let Some(first) = reader.next().await? else {
        return Ok((Upload::Whole(Bytes::new()), None));
    };
    if length == Some(reader.received) {
        return Ok((Upload::Whole(first), None));
    }
    let (sender, receiver) = mpsc::channel(PARTS_WAITING);
    let upload = Upload::Coming {
        parts: Arc::new(Mutex::new(receiver)),
        length,
    };
    let rest = Rest {
        reader,
        first,
        parts: sender,
    };
    Ok((upload, Some(rest)))
}

fn declared_length(request: &HttpRequest) -> Option<u64> {
    request
        .headers()
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

impl Reader {
    async fn next(&mut self) -> Result<Option<Bytes>, GatewayError> {
        let by_pace = self.started + PATIENCE + Duration::from_secs(self.received / MIN_PACE);
        match timeout_at(by_pace.min(Instant::now() + PATIENCE), self.payload.next()).await {
            Ok(None) => Ok(None),
            Ok(Some(Ok(bytes))) => {
                self.received += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                if self.received > self.limit {
                    return Err(GatewayError::BodyTooLarge);
                }
                Ok(Some(bytes))
            }
            Ok(Some(Err(error))) => Err(GatewayError::Malformed(error.to_string().into())),
            Err(_elapsed) => Err(GatewayError::BodyTooSlow),
        }
    }
}

impl Rest {
    /// Passes the body on to its end. Ends early, and well, when the service takes no more of it: its answer tells.
    pub async fn pass_on(mut self) -> Result<(), GatewayError> {
        let mut part = Some(self.first);
        while let Some(bytes) = part {
            if !is_taken(&self.parts, Part::Bytes(bytes)).await {
                return Ok(());
            }
            part = self.reader.next().await?;
        }
        is_taken(&self.parts, Part::End).await;
        Ok(())
    }
}

async fn is_taken(parts: &mpsc::Sender<Part>, part: Part) -> bool {
    matches!(timeout(PATIENCE, parts.send(part)).await, Ok(Ok(())))
}

impl Body for Upload {
    type Data = Bytes;
    type Error = BrokeOff;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokeOff>>> {
        match self.get_mut() {
            Self::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Self::Coming { parts, .. } => {
                let mut parts = parts.lock().unwrap_or_else(PoisonError::into_inner);
                parts.poll_recv(context).map(|part| match part {
                    Some(Part::Bytes(bytes)) => Some(Ok(Frame::data(bytes))),
                    Some(Part::End) => None,
                    None => Some(Err(BrokeOff)),
                })
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(u64::try_from(bytes.len()).unwrap_or(u64::MAX)),
            Self::Coming {
                length: Some(length), ..
            } => SizeHint::with_exact(*length),
            Self::Coming { length: None, .. } => SizeHint::default(),
        }
    }
}
