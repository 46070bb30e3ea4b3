//! A TCP proxy before a server of the shop, which makes every answer later: what a network does.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep_until};

const CHUNK_BYTES: usize = 16 * 1024;

/// Passes bytes on to a server, each `delay` after it came, in both directions. Ends when dropped.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    accepting: AbortHandle,
    _runs: JoinSet<()>,
}

impl FaultProxy {
    /// Listens on a free port for connections to `server` (`host:port`).
    pub async fn start(server: String, delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("address");
        let mut runs = JoinSet::new();
        let accepting = runs.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                connections.spawn(carry(client, server.clone(), delay));
                while connections.try_join_next().is_some() {}
            }
        });
        Self {
            address,
            accepting,
            _runs: runs,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn carry(client: TcpStream, server: String, delay: Duration) {
    let Ok(server) = TcpStream::connect(server).await else {
        return;
    };
    // Only the delay that was asked for, not Nagle's on top of it.
    if client.set_nodelay(true).and(server.set_nodelay(true)).is_err() {
        return;
    }
    let (client_reads, client_writes) = client.into_split();
    let (server_reads, server_writes) = server.into_split();
    tokio::join!(
        pass_on(client_reads, server_writes, delay),
        pass_on(server_reads, client_writes, delay)
    );
}

/// Reading goes on while earlier bytes still wait for their time, so that the delay does not become a bandwidth.
async fn pass_on(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, delay: Duration) {
    let (late, mut due) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    let reading = async move {
        let mut chunk = vec![0; CHUNK_BYTES];
        while let Ok(length @ 1..) = from.read(&mut chunk).await {
            if late
                .send((Instant::now() + delay, chunk[..length].to_vec()))
                .is_err()
            {
                return;
            }
        }
    };
    let writing = async move {
        while let Some((at, bytes)) = due.recv().await {
            sleep_until(at).await;
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
        drop(to.shutdown().await);
    };
    tokio::join!(reading, writing);
}
