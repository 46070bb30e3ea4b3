//! Serves one connection to its end; a flawed one gets a last word in the envelope.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use common::error_codes::{ErrorCode, shared};
use common::error_reply::Failure;
use common::trace;
use http::StatusCode;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::connection::{Connection, Verdict};
use crate::edge::{self, Edge};
use crate::framing::Flaw;
use crate::stream::ClientStream;

/// Most header fields that the HTTP library takes; `framing` and `admission` stop earlier.
const MOST_HEADERS: usize = 128;
/// The HTTP library's buffer for a connection.
const BUFFER: usize = 64 * 1024;
/// How long a refused client may take to read why.
const LAST_WORD_LIMIT: Duration = Duration::from_secs(1);
/// After how many seconds a client that found us full may come again.
const RETRY_AFTER_SECONDS: u32 = 1;

/// How connections are served: one set of options for all.
pub fn protocol() -> http1::Builder {
    let mut protocol = http1::Builder::new();
    protocol
        .half_close(true)
        .keep_alive(true)
        .max_headers(MOST_HEADERS)
        .max_buf_size(BUFFER);
    protocol
}

/// Answers everything that is asked on this socket.
pub async fn serve(
    socket: TcpStream,
    connection: Rc<Connection>,
    edge: Rc<Edge>,
    protocol: Rc<http1::Builder>,
) {
    drive(socket, &connection, edge, &protocol).await;
    let Some(code) = connection.verdict().and_then(last_word) else {
        return;
    };
    edge::count_refused(code);
    if !connection.has_answered()
        && let Some(socket) = connection.socket()
    {
        say(socket, code, None).await;
    }
}

async fn drive(socket: TcpStream, connection: &Rc<Connection>, edge: Rc<Edge>, protocol: &http1::Builder) {
    let stream = ClientStream::new(socket, connection.clone());
    let service = service_fn({
        let connection = connection.clone();
        move |request| edge::answer(edge.clone(), connection.clone(), request)
    });
    let mut http = pin!(protocol.serve_connection(TokioIo::new(stream), service));
    let mut is_ending = false;
    let outcome = poll_fn(|context| {
        connection.watch(context.waker());
        if connection.verdict().is_some() {
            return Poll::Ready(Ok(()));
        }
        if connection.is_ending() && !is_ending {
            is_ending = true;
            http.as_mut().graceful_shutdown();
        }
        http.as_mut().poll(context)
    })
    .await;
    if let Err(error) = outcome {
        tracing::debug!(%error, "connection ended: {error}");
    }
}

/// What is said to somebody who is not served at all: `None` when there is nobody to hear it.
fn last_word(verdict: Verdict) -> Option<ErrorCode> {
    match verdict {
        Verdict::Flawed(Flaw::Malformed) => Some(shared::BAD_REQUEST),
        Verdict::Flawed(Flaw::TargetTooLong) => Some(shared::URI_TOO_LONG),
        Verdict::Flawed(Flaw::HeadersTooLarge) => Some(shared::HEADERS_TOO_LARGE),
        Verdict::HeadTooSlow | Verdict::BodyTooSlow => Some(shared::REQUEST_TIMEOUT),
        Verdict::Silent => None,
    }
}

/// Tells a client for whom there is no room to come again.
pub async fn turn_away(socket: TcpStream) {
    edge::count_refused(shared::OVERLOADED);
    say(socket, shared::OVERLOADED, Some(RETRY_AFTER_SECONDS)).await;
}

async fn say(mut socket: TcpStream, code: ErrorCode, retry_after: Option<u32>) {
    let words = Failure::of_transport(code).written("", "");
    let reason = StatusCode::from_u16(words.status).ok();
    let reason = reason
        .and_then(|status| status.canonical_reason())
        .unwrap_or_default();
    let trace = trace::fresh();
    let mut head = format!(
        "HTTP/1.1 {} {reason}\r\ncontent-type: {}\r\ncache-control: no-store\r\nx-content-type-options: nosniff\r\n\
         x-request-id: {}\r\nconnection: close\r\ncontent-length: {}\r\n",
        words.status,
        words.content_type,
        trace::trace_id(&trace).unwrap_or_default(),
        words.body.len(),
    );
    if let Some(seconds) = retry_after {
        head.push_str(&format!("retry-after: {seconds}\r\n"));
    }
    head.push_str("\r\n");
    head.push_str(&words.body);
    // Whether it is heard is the client's business.
    let _ = timeout(LAST_WORD_LIMIT, speak(&mut socket, head.as_bytes())).await;
}

/// Says it, and reads on until the client has closed: a socket that is closed with bytes unread tears down what was
/// said with it.
async fn speak(socket: &mut TcpStream, words: &[u8]) -> io::Result<()> {
    socket.write_all(words).await?;
    socket.shutdown().await?;
    let mut unheard = [0; 4096];
    while socket.read(&mut unheard).await? > 0 {}
    Ok(())
}
