//! Answers on their way to the client: a service's body is passed on as it comes; its end closes the access record.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::access_log::Record;
use crate::pool::Borrowed;

/// How long a service may pause within an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// An answer's body, and the record of its request, which is written when the body is through or dropped.
pub struct Download {
    content: Content,
    record: Record,
}

/// Where an answer comes from.
pub enum Content {
    /// From the gateway itself.
    Own(Option<Bytes>),
    /// From a service.
    Passed {
        /// What is still to come.
        body: Incoming,
        /// The connection it comes by: of use again once the body is through.
        borrowed: Borrowed,
        /// Armed while the service pauses.
        pause: Option<Pin<Box<Sleep>>>,
    },
}

/// The service stopped in the middle of its answer.
#[derive(Debug, thiserror::Error)]
#[error("the service paused for {} s within its answer", PATIENCE.as_secs())]
struct Stalled;

impl Content {
    /// No body.
    pub fn nothing() -> Self {
        Self::Own(None)
    }

    /// These bytes.
    pub fn own(bytes: impl Into<Bytes>) -> Self {
        Self::Own(Some(bytes.into()))
    }

    /// The body of a service's answer.
    pub fn passed(body: Incoming, borrowed: Borrowed) -> Self {
        Self::Passed {
            body,
            borrowed,
            pause: None,
        }
    }
}

impl Download {
    /// `content`, to be recorded in `record`.
    pub fn new(content: Content, record: Record) -> Self {
        Self { content, record }
    }
}

impl Body for Download {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let download = self.get_mut();
        let next = ready!(poll_content(&mut download.content, context));
        match &next {
            Some(Ok(bytes)) => download.record.add(bytes.len()),
            Some(Err(error)) => download.record.broke(error.as_ref()),
            None => {}
        }
        Poll::Ready(next.map(|outcome| outcome.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Own(bytes) => bytes.is_none(),
            Content::Passed { body, .. } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Own(bytes) => {
                let length = bytes.as_ref().map_or(0, Bytes::len);
                SizeHint::with_exact(u64::try_from(length).unwrap_or(u64::MAX))
            }
            Content::Passed { body, .. } => body.size_hint(),
        }
    }
}

impl Drop for Content {
    fn drop(&mut self) {
        if let Self::Passed { body, borrowed, .. } = self
            && body.is_end_stream()
        {
            borrowed.give_back();
        }
    }
}

type Next = Option<Result<Bytes, Box<dyn Error + Send + Sync>>>;

fn poll_content(content: &mut Content, context: &mut Context<'_>) -> Poll<Next> {
    match content {
        Content::Own(bytes) => Poll::Ready(bytes.take().map(Ok)),
        Content::Passed {
            body,
            borrowed,
            pause,
        } => loop {
            match Pin::new(&mut *body).poll_frame(context) {
                Poll::Ready(frame) => {
                    *pause = None;
                    match frame {
                        Some(Ok(frame)) => match frame.into_data() {
                            Ok(bytes) => return Poll::Ready(Some(Ok(bytes))),
                            Err(_trailers) => {}
                        },
                        Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                        None => {
                            borrowed.give_back();
                            return Poll::Ready(None);
                        }
                    }
                }
                Poll::Pending => {
                    let pause = pause.get_or_insert_with(|| Box::pin(sleep(PATIENCE)));
                    return pause.as_mut().poll(context).map(|()| Some(Err(Stalled.into())));
                }
            }
        },
    }
}
