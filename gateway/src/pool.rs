//! One thread's connections to the replicas, kept open between requests.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::upload::Upload;

/// How long a replica may take to accept a connection (reliability §5.12).
const CONNECT_TIMEOUT: Duration = Duration::from_millis(300);
/// How long an idle connection is kept: less than services keep theirs (75 s), so that they do not close it under
/// a request.
const IDLE_LIMIT: Duration = Duration::from_secs(30);
/// Idle connections that a thread keeps to one replica.
const IDLE_CONNECTIONS: usize = 128;

type Sender = SendRequest<Upload>;
/// With the time since when each is idle.
type Idle = HashMap<SocketAddr, Vec<(Sender, Instant)>>;

/// The connections that are idle. Cheap to clone within its thread.
#[derive(Clone, Default)]
pub struct Pool(Rc<RefCell<Idle>>);

/// A connection in use.
pub struct Borrowed {
    sender: Option<Sender>,
    address: SocketAddr,
    pool: Pool,
}

impl Pool {
    /// An idle connection to this address, else a new one.
    ///
    /// # Errors
    /// When the replica accepts none: nothing was sent.
    pub async fn connection(&self, address: SocketAddr) -> std::io::Result<Borrowed> {
        let sender = match self.idle(address) {
            Some(sender) => sender,
            None => connect(address).await?,
        };
        Ok(Borrowed {
            sender: Some(sender),
            address,
            pool: self.clone(),
        })
    }

    fn idle(&self, address: SocketAddr) -> Option<Sender> {
        let mut pool = self.0.borrow_mut();
        let idle = pool.get_mut(&address)?;
        while let Some((sender, since)) = idle.pop() {
            // The one used last is on top: when it is too old, so are all others.
            if since.elapsed() > IDLE_LIMIT {
                idle.clear();
            } else if sender.is_ready() {
                return Some(sender);
            }
        }
        None
    }

    /// Forgets connections that nobody used for long.
    pub fn prune(&self) {
        self.0.borrow_mut().retain(|_, idle| {
            idle.retain(|(sender, since)| !sender.is_closed() && since.elapsed() < IDLE_LIMIT);
            !idle.is_empty()
        });
    }
}

impl Borrowed {
    /// What sends requests; `None` once it was given back.
    pub fn sender(&mut self) -> Option<&mut Sender> {
        self.sender.as_mut()
    }

    /// For the next request: to be called when the last one's answer is through, never before.
    pub fn give_back(&mut self) {
        if let Some(sender) = self.sender.take().filter(|sender| !sender.is_closed()) {
            let mut pool = self.pool.0.borrow_mut();
            let idle = pool.entry(self.address).or_default();
            if idle.len() < IDLE_CONNECTIONS {
                idle.push((sender, Instant::now()));
            }
        }
    }
}

async fn connect(address: SocketAddr) -> std::io::Result<Sender> {
    let connecting = timeout(CONNECT_TIMEOUT, TcpStream::connect(address)).await;
    let socket = connecting.map_err(|_elapsed| std::io::Error::from(std::io::ErrorKind::TimedOut))??;
    socket.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(socket))
        .await
        .map_err(std::io::Error::other)?;
    tokio::task::spawn_local(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "connection to {address} ended: {error}");
        }
    });
    Ok(sender)
}
