//! Asks replicas whether they are ready: one that drains, or has lost its database, is left out before it fails anybody.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use common::task::{Heartbeat, pause_unless_stopped};
use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::{Replica, Replicas};

/// How often replicas are asked: services say "not ready" for 3 s before they refuse connections.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long one may take to say so.
const ANSWER_LIMIT: Duration = Duration::from_secs(2);
/// How every answer "ready" begins.
const READY: &[u8] = b"HTTP/1.1 200 ";

/// Asks the replicas of one service until stopped. A single one is not asked: there is no other to prefer.
pub async fn keep_asking(
    replicas: Arc<Replicas>,
    stop: CancellationToken,
    beat: Heartbeat,
) -> Result<(), Infallible> {
    while !stop.is_cancelled() {
        beat.beat();
        let present = replicas.present();
        match &*present {
            [only] => only.note_ready(true),
            several => drop(join_all(several.iter().map(|replica| probe(replica))).await),
        }
        pause_unless_stopped(&stop, INTERVAL).await;
    }
    Ok(())
}

async fn probe(replica: &Replica) {
    match timeout(ANSWER_LIMIT, ask(replica)).await {
        Ok(Ok(is_ready)) => replica.note_ready(is_ready),
        Ok(Err(_)) | Err(_) => replica.note_ready(false),
    }
}

async fn ask(replica: &Replica) -> io::Result<bool> {
    let mut socket = TcpStream::connect(replica.address).await?;
    let host = replica.host.to_str().unwrap_or("replica");
    let question = format!("GET /readyz HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    socket.write_all(question.as_bytes()).await?;
    let mut answer = [0; READY.len()];
    socket.read_exact(&mut answer).await?;
    Ok(answer == *READY)
}
