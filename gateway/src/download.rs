//! Answers on their way to the client: a service's body is passed on as it comes; its end closes the access record.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{Method, Response};
use hyper::body::{Body, Incoming};
use tokio::time::{Sleep, sleep};

use crate::access_log::Record;

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
    Own(BoxBody),
    /// From a service.
    Passed {
        /// What is still to come.
        body: Incoming,
        /// How much there is.
        size: BodySize,
        /// Armed while the service pauses.
        pause: Option<Pin<Box<Sleep>>>,
    },
}

/// The service stopped in the middle of its answer.
#[derive(Debug, thiserror::Error)]
#[error("the service paused for {} s within its answer", PATIENCE.as_secs())]
struct Stalled;

impl Content {
    /// The body of a service's answer to a request of this method.
    pub fn passed(method: &Method, answer: Response<Incoming>) -> Self {
        let size = size(method, &answer);
        Self::Passed {
            body: answer.into_body(),
            size,
            pause: None,
        }
    }
}

/// An answer to HEAD tells the length that GET would have.
fn size(method: &Method, answer: &Response<Incoming>) -> BodySize {
    if method == Method::HEAD {
        let told = answer
            .headers()
            .get(CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse().ok());
        return told.map_or(BodySize::None, BodySize::Sized);
    }
    answer
        .body()
        .size_hint()
        .exact()
        .map_or(BodySize::Stream, BodySize::Sized)
}

impl Download {
    /// `content`, to be recorded in `record`.
    pub fn new(content: Content, record: Record) -> Self {
        Self { content, record }
    }
}

impl MessageBody for Download {
    type Error = Box<dyn Error>;

    fn size(&self) -> BodySize {
        match &self.content {
            Content::Own(body) => body.size(),
            Content::Passed { size, .. } => *size,
        }
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let download = self.get_mut();
        let next = ready!(poll_content(&mut download.content, context));
        match &next {
            Some(Ok(bytes)) => download.record.add(bytes.len()),
            Some(Err(error)) => download.record.broke(error.as_ref()),
            None => {}
        }
        Poll::Ready(next)
    }
}

fn poll_content(
    content: &mut Content,
    context: &mut Context<'_>,
) -> Poll<Option<Result<Bytes, Box<dyn Error>>>> {
    match content {
        Content::Own(body) => Pin::new(body).poll_next(context),
        Content::Passed { body, pause, .. } => loop {
            match Pin::new(&mut *body).poll_frame(context) {
                Poll::Ready(frame) => {
                    *pause = None;
                    match frame {
                        Some(Ok(frame)) => match frame.into_data() {
                            Ok(bytes) => return Poll::Ready(Some(Ok(bytes))),
                            Err(_trailers) => {}
                        },
                        Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                        None => return Poll::Ready(None),
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
