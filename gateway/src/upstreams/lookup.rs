//! Looks names up again and again, so that replicas may come and go without a restart of ours.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use common::task::{Heartbeat, pause_unless_stopped};
use http::HeaderValue;
use tokio_util::sync::CancellationToken;

use super::{Replicas, Target};

/// How often names are looked up; sooner after a failure.
const INTERVAL: Duration = Duration::from_secs(2);
const INTERVAL_AFTER_FAILURE: Duration = Duration::from_millis(500);

/// Looks the names of one service up until stopped.
pub async fn keep_up(
    replicas: Arc<Replicas>,
    stop: CancellationToken,
    beat: Heartbeat,
) -> Result<(), Infallible> {
    while !stop.is_cancelled() {
        beat.beat();
        let pause = match look_up(&replicas.targets).await {
            Ok(found) => {
                replicas.replace(found);
                INTERVAL
            }
            // Those known before are kept: a name server that fails is no reason to turn customers away.
            Err(error) => {
                tracing::warn!(%error, "cannot look up {}: {error}", replicas.name());
                INTERVAL_AFTER_FAILURE
            }
        };
        pause_unless_stopped(&stop, pause).await;
    }
    Ok(())
}

/// The addresses of all targets, in order, each once.
async fn look_up(targets: &[Target]) -> std::io::Result<Vec<(SocketAddr, HeaderValue)>> {
    let mut found = Vec::new();
    for target in targets {
        let addresses: Vec<SocketAddr> = tokio::net::lookup_host((target.name.as_str(), target.port))
            .await?
            .collect();
        // A name with addresses of both kinds is one machine, not two.
        let has_v4 = addresses.iter().any(SocketAddr::is_ipv4);
        let usable = addresses
            .into_iter()
            .filter(|address| address.is_ipv4() || !has_v4);
        found.extend(usable.map(|address| (address, target.host.clone())));
    }
    found.sort_by_key(|(address, _)| *address);
    found.dedup_by_key(|(address, _)| *address);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_becomes_its_addresses_each_once() {
        let targets = ["http://localhost:7", "http://127.0.0.1:7", "http://127.0.0.1:8"];
        let targets: Vec<Target> = targets.iter().filter_map(|url| Target::parse(url)).collect();
        let found = look_up(&targets).await.unwrap();
        let addresses: Vec<String> = found.iter().map(|(address, _)| address.to_string()).collect();
        assert_eq!(addresses, ["127.0.0.1:7", "127.0.0.1:8"]);
    }

    #[tokio::test]
    async fn a_name_that_nobody_knows_is_an_error() {
        let target = Target::parse("http://no-such-host.invalid:80").unwrap();
        assert!(look_up(&[target]).await.is_err());
    }
}
