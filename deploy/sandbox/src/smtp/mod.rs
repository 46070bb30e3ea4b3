//! The SMTP inbox: listens, and serves each connection within bounds (RFC 5321).

mod session;

use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;
use tracing::{debug, warn};

use crate::smtp::session::Session;
use crate::state::State;
use crate::switches::SmtpSwitch;

const MAX_CONNECTIONS: usize = 64;
/// The longest a connection may live, whatever it does.
const CONNECTION_LIFETIME: Duration = Duration::from_secs(600);
/// Rest after a failed `accept`, which fails again at once when descriptors run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Accepts connections until the sandbox stops.
pub(crate) async fn run(listener: TcpListener, state: Arc<State>, tracker: TaskTracker) {
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let accept_all = async {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    let (state, slots) = (Arc::clone(&state), Arc::clone(&slots));
                    tracker.spawn(serve(stream, state, slots));
                }
                Err(error) => {
                    warn!(%error, "smtp connection not accepted: {error}");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    };
    state.stopping.run_until_cancelled(accept_all).await;
}

async fn serve(mut stream: TcpStream, state: Arc<State>, slots: Arc<Semaphore>) {
    let Ok(_slot) = slots.try_acquire() else {
        let refused = stream.write_all(b"421 4.3.2 too many connections\r\n").await;
        debug!(?refused, "smtp connection refused: too many");
        return;
    };
    if state.switches.now().smtp == SmtpSwitch::Off {
        return;
    }
    let session = Session::new(stream, &state).run();
    match state
        .stopping
        .run_until_cancelled(timeout(CONNECTION_LIFETIME, session))
        .await
    {
        Some(Ok(Ok(()))) => {}
        Some(Ok(Err(error))) => debug!(%error, "smtp connection ended: {error}"),
        Some(Err(_)) => debug!("smtp connection ended: it lived too long"),
        None => debug!("smtp connection ended: the sandbox stops"),
    }
}
