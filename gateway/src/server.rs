//! The public listener: accepts within bounds, and hands each connection to one of a few threads for good.

use std::cell::RefCell;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::LocalSet;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::connection::Connection;
use crate::edge::Edge;
use crate::seats::{Seat, Seats};
use crate::serve::{protocol, serve, turn_away};

/// How long requests may take to finish once connections are refused.
const DRAIN_LIMIT: Duration = Duration::from_secs(20);
/// How often slow clients are looked for, and how often what a worker has counted is passed on.
const ROUND: Duration = Duration::from_millis(250);
/// How long accepting pauses when the system is out of sockets.
const OUT_OF_SOCKETS_PAUSE: Duration = Duration::from_millis(100);
/// Connections that may wait for one thread.
const ARRIVALS: usize = 256;

/// A connection on its way to a thread; without a seat it is turned away.
struct Arrival {
    socket: std::net::TcpStream,
    peer: SocketAddr,
    seat: Option<Seat>,
}

/// The threads that answer.
pub struct Workers {
    arrivals: Vec<mpsc::Sender<Arrival>>,
    ended: Vec<oneshot::Receiver<()>>,
    stop: CancellationToken,
}

impl Workers {
    /// Starts so many threads; `edge` makes each its own.
    ///
    /// # Errors
    /// When the system has no more threads.
    pub fn start(count: usize, edge: Arc<dyn Fn() -> Edge + Send + Sync>) -> io::Result<Self> {
        let stop = CancellationToken::new();
        let mut workers = Self {
            arrivals: Vec::with_capacity(count),
            ended: Vec::with_capacity(count),
            stop: stop.clone(),
        };
        for number in 0..count.max(1) {
            let (arrivals, waiting) = mpsc::channel(ARRIVALS);
            let (end, ended) = oneshot::channel();
            let (edge, stop) = (edge.clone(), stop.clone());
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            std::thread::Builder::new()
                .name(format!("gateway-{number}"))
                .spawn(move || {
                    LocalSet::new().block_on(&runtime, work(waiting, edge(), stop));
                    // Whoever waits for the end may have given up waiting.
                    let _ = end.send(());
                })?;
            workers.arrivals.push(arrivals);
            workers.ended.push(ended);
        }
        Ok(workers)
    }

    /// Accepts until `stop` is raised; then refuses connections, and returns when all threads have ended.
    ///
    /// # Errors
    /// When the socket is no listening one.
    pub async fn accept(
        self,
        listener: TcpListener,
        seats: Seats,
        stop: CancellationToken,
    ) -> io::Result<()> {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let mut turn = 0;
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => break,
                accepted = listener.accept() => accepted,
            };
            match accepted.and_then(|(socket, peer)| Ok((socket.into_std()?, peer))) {
                Ok((socket, peer)) => {
                    let seat = seats.take(peer.ip());
                    turn = (turn + 1) % self.arrivals.len();
                    // A thread that is this far behind loses the connection, as a full backlog would.
                    let _ = self.arrivals[turn].try_send(Arrival { socket, peer, seat });
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection: {error}");
                    sleep(OUT_OF_SOCKETS_PAUSE).await;
                }
            }
        }
        drop(listener);
        self.stop.cancel();
        for ended in self.ended {
            let _ = ended.await;
        }
        Ok(())
    }
}

/// The connections of one thread.
type Present = Rc<RefCell<Vec<Weak<Connection>>>>;

async fn work(mut arrivals: mpsc::Receiver<Arrival>, edge: Edge, stop: CancellationToken) {
    let (edge, protocol) = (Rc::new(edge), Rc::new(protocol()));
    let (present, tasks) = (Present::default(), TaskTracker::new());
    tokio::task::spawn_local(rounds(present.clone(), edge.clone()));
    loop {
        let arrival = tokio::select! {
            () = stop.cancelled() => break,
            arrival = arrivals.recv() => arrival,
        };
        let Some(Arrival { socket, peer, seat }) = arrival else {
            break;
        };
        let Ok(socket) = TcpStream::from_std(socket) else {
            continue;
        };
        if seat.is_none() {
            tokio::task::spawn_local(tasks.track_future(turn_away(socket)));
            continue;
        }
        // Without it an answer in two pieces waits for the client's acknowledgement.
        let _ = socket.set_nodelay(true);
        let connection = Rc::new(Connection::new(peer.ip()));
        present.borrow_mut().push(Rc::downgrade(&connection));
        let served = serve(socket, connection, edge.clone(), protocol.clone());
        tokio::task::spawn_local(tasks.track_future(async move {
            served.await;
            drop(seat);
        }));
    }
    tasks.close();
    for connection in present.borrow().iter().filter_map(Weak::upgrade) {
        connection.end_soon();
    }
    if timeout(DRAIN_LIMIT, tasks.wait()).await.is_err() {
        tracing::warn!("stopping with {} connections unfinished", tasks.len());
    }
    edge.round();
}

/// Looks for slow clients, forgets connections that ended, and passes on what was counted and logged.
async fn rounds(present: Present, edge: Rc<Edge>) {
    let mut ticks = interval(ROUND);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let now = Instant::now();
        present
            .borrow_mut()
            .retain(|connection| match connection.upgrade() {
                Some(connection) => {
                    connection.check(now);
                    true
                }
                None => false,
            });
        edge.round();
    }
}
