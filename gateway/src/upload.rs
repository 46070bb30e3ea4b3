//! Request bodies on their way to a service: passed on as they come, within the route's size.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use hyper::body::{Body, Frame, Incoming, SizeHint};

use crate::connection::Connection;
use crate::error::GatewayError;

/// A request body. Its pace is looked after by `connection`.
pub struct Upload {
    source: Option<Source>,
    state: Rc<State>,
}

struct Source {
    body: Incoming,
    limit: u64,
    received: u64,
    connection: Rc<Connection>,
    number: u64,
}

/// What became of a body, for who waits for the answer.
#[derive(Debug, Default)]
pub struct State {
    passed_on: Cell<Option<Instant>>,
    is_too_large: Cell<bool>,
    has_broken_off: Cell<bool>,
}

/// The client's body broke off or is too large; the service must not take it for whole.
#[derive(Debug, thiserror::Error)]
#[error("the request body broke off")]
pub struct BrokeOff;

impl Upload {
    /// The body of the request of this number, with what becomes of it; refused unread when it says it is too large.
    pub fn open(
        headers: &HeaderMap,
        body: Incoming,
        limit: u64,
        connection: Rc<Connection>,
        number: u64,
    ) -> Result<(Self, Rc<State>), GatewayError> {
        let length = headers
            .get(CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok());
        if length.is_some_and(|length| length.parse().is_ok_and(|length: u64| length > limit)) {
            return Err(GatewayError::BodyTooLarge);
        }
        let state = Rc::new(State::default());
        if body.is_end_stream() && !headers.contains_key(TRANSFER_ENCODING) {
            return Ok((Self::nothing(state.clone()), state));
        }
        let source = Some(Source {
            body,
            limit,
            received: 0,
            connection,
            number,
        });
        Ok((
            Self {
                source,
                state: state.clone(),
            },
            state,
        ))
    }

    /// No body.
    pub fn nothing(state: Rc<State>) -> Self {
        state.passed_on.set(Some(Instant::now()));
        Self { source: None, state }
    }

    /// Whether there is none, so that the request can be repeated.
    pub fn is_nothing(&self) -> bool {
        self.source.is_none()
    }
}

impl State {
    /// When the service had the whole of it.
    pub fn passed_on(&self) -> Option<Instant> {
        self.passed_on.get()
    }

    /// Why it did not pass, if it is the client's fault.
    pub fn fault(&self) -> Option<GatewayError> {
        if self.is_too_large.get() {
            Some(GatewayError::BodyTooLarge)
        } else if self.has_broken_off.get() {
            Some(GatewayError::Malformed(BrokeOff.into()))
        } else {
            None
        }
    }
}

impl Source {
    /// The end of the channel is no proof of the end of the body: it ends, too, when the client goes away.
    fn is_whole(&self) -> bool {
        self.connection.is_whole(self.number)
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = BrokeOff;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokeOff>>> {
        let Self { source, state } = self.get_mut();
        let Some(source) = source else {
            return Poll::Ready(None);
        };
        let frame = match ready!(Pin::new(&mut source.body).poll_frame(context)) {
            Some(Ok(frame)) => frame,
            None if source.is_whole() => {
                state.passed_on.set(Some(Instant::now()));
                return Poll::Ready(None);
            }
            None | Some(Err(_)) => {
                state.has_broken_off.set(true);
                return Poll::Ready(Some(Err(BrokeOff)));
            }
        };
        let size = frame.data_ref().map_or(0, Bytes::len);
        source.received += u64::try_from(size).unwrap_or(u64::MAX);
        if source.received > source.limit {
            state.is_too_large.set(true);
            return Poll::Ready(Some(Err(BrokeOff)));
        }
        if source.body.is_end_stream() {
            state.passed_on.set(Some(Instant::now()));
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.source
            .as_ref()
            .is_none_or(|source| source.body.is_end_stream() && source.is_whole())
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Some(source) => source.body.size_hint(),
            None => SizeHint::with_exact(0),
        }
    }
}
