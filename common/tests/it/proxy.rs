//! A TCP proxy whose connections can be cut or stalled.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::task::Tasks;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Clone, Copy)]
enum State {
    Pass,
    Stall,
    Cut,
}

/// Stands between a client and a server.
pub struct Proxy {
    address: String,
    state: watch::Sender<State>,
    accepted: Arc<AtomicUsize>,
}

impl Proxy {
    /// Listens on a free port and passes each connection on to `server`.
    pub async fn start(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            address: listener.local_addr().unwrap().to_string(),
            state: watch::Sender::new(State::Pass),
            accepted: Arc::default(),
        };
        let (state, accepted) = (proxy.state.clone(), proxy.accepted.clone());
        Tasks::default().detach(async move {
            let pipes = Tasks::default();
            while let Ok((client, _)) = listener.accept().await {
                accepted.fetch_add(1, Ordering::SeqCst);
                pipes.detach(pipe(client, server.clone(), state.subscribe()));
            }
        });
        proxy
    }

    /// Where it listens, as `127.0.0.1:4711`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Closes all connections; later ones are passed on.
    pub async fn cut(&self) {
        self.state.send_replace(State::Cut);
        self.state.closed().await;
        self.state.send_replace(State::Pass);
    }

    /// Keeps all connections, and accepts new ones, but moves no more bytes.
    pub fn stall(&self) {
        self.state.send_replace(State::Stall);
    }

    /// Passes everything on again; what was on the way is lost.
    pub fn resume(&self) {
        self.state.send_replace(State::Pass);
    }

    /// How many connections there have been.
    pub fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }
}

async fn pipe(mut client: TcpStream, server: String, mut state: watch::Receiver<State>) {
    let mut server = TcpStream::connect(server).await.unwrap();
    loop {
        let now = *state.borrow_and_update();
        match now {
            State::Cut => return,
            State::Stall => state.changed().await.unwrap(),
            State::Pass => tokio::select! {
                changed = state.changed() => changed.unwrap(),
                _ended = tokio::io::copy_bidirectional(&mut client, &mut server) => return,
            },
        }
    }
}
