//! A client's socket as the HTTP library sees it: every byte is read along, and nothing flawed gets through.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::connection::{Connection, Verdict};
use crate::framing::{Flaw, Framing};

/// Stands in every answer of ours, and in none that the HTTP library makes up by itself.
const MARK: &[u8] = b"x-request-id";

/// The socket. Dropped, it gives the connection its socket back.
pub struct ClientStream {
    socket: Option<TcpStream>,
    framing: Framing,
    connection: Rc<Connection>,
}

impl ClientStream {
    /// Reads along on `socket`.
    pub fn new(socket: TcpStream, connection: Rc<Connection>) -> Self {
        Self {
            socket: Some(socket),
            framing: Framing::default(),
            connection,
        }
    }

    fn socket(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        let socket = self.socket.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        Ok(Pin::new(socket))
    }

    /// Whether the HTTP library is about to refuse a request in words of its own.
    fn is_bare_refusal(&self, bytes: &[u8]) -> bool {
        self.connection.has_unanswered_head()
            && bytes.starts_with(b"HTTP/1.")
            && bytes.get(9) == Some(&b'4')
            && !bytes.windows(MARK.len()).any(|window| window == MARK)
    }

    fn refuse(&self, bytes: &[u8]) -> usize {
        let flaw = match bytes.get(9..12) {
            Some(b"431") => Flaw::HeadersTooLarge,
            Some(b"414") => Flaw::TargetTooLong,
            _ => Flaw::Malformed,
        };
        self.connection.give_up(Verdict::Flawed(flaw));
        bytes.len()
    }

    fn note(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &written {
            Poll::Ready(Ok(count)) => self.connection.note_written(*count),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => self.connection.note_blocked(),
        }
        written
    }
}

impl Drop for ClientStream {
    fn drop(&mut self) {
        if let Some(socket) = self.socket.take() {
            self.connection.keep_socket(socket);
        }
    }
}

impl AsyncRead for ClientStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let stream = self.get_mut();
        let before = buffer.filled().len();
        let read = stream.socket()?.poll_read(context, buffer);
        match &read {
            Poll::Pending => stream.connection.note_waiting(),
            Poll::Ready(Err(_)) => {}
            Poll::Ready(Ok(())) => match stream.framing.feed(&buffer.filled()[before..]) {
                Ok(progress) => stream.connection.note_read(progress, stream.framing.place()),
                Err(flaw) => {
                    buffer.set_filled(before);
                    stream.connection.give_up(Verdict::Flawed(flaw));
                    return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
                }
            },
        }
        read
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let stream = self.get_mut();
        if stream.is_bare_refusal(bytes) {
            return Poll::Ready(Ok(stream.refuse(bytes)));
        }
        let written = stream.socket()?.poll_write(context, bytes);
        stream.note(written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let stream = self.get_mut();
        if let Some(first) = parts.first()
            && stream.is_bare_refusal(first)
        {
            return Poll::Ready(Ok(stream.refuse(first)));
        }
        let written = stream.socket()?.poll_write_vectored(context, parts);
        stream.note(written)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.connection.note_flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let stream = self.get_mut();
        if stream.connection.verdict().is_some() {
            // The last word is not said yet.
            return Poll::Ready(Ok(()));
        }
        stream.socket()?.poll_shutdown(context)
    }
}
