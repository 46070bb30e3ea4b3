//! One process of the shop: what its services share, how it starts, and how signals stop it.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::app::{self, Keys, Readiness, ServerOptions};
use crate::backends::Backends;
use crate::clock::Clock;
use crate::contracts::internal_apis::PLACES;
use crate::http_client::InternalClient;
use crate::service_codes::ServiceCodes;
use crate::settings::{self, Setting, Source};
use crate::task::Tasks;
use crate::telemetry::{self, Metrics};
use crate::token::{ServiceTokens, UserTokens};
use crate::token_epochs::TokenEpochs;

/// How long background work may take to end after the server has drained.
const TASK_DRAIN: Duration = Duration::from_secs(8);

/// What every process of ours has, whether or not it needs a store or a bus.
pub struct Foundation {
    /// Where settings come from.
    pub source: Source,
    /// The time.
    pub clock: Clock,
    /// Keys of tokens.
    pub keys: Keys,
    /// What `/metrics` shows.
    pub metrics: Metrics,
}

impl Foundation {
    /// Starts logging and reads the keys, as `name` (the service, or `dadashop`).
    ///
    /// # Errors
    /// Names the setting at fault.
    pub fn lay(source: Source, name: &'static str, known: &[Setting]) -> anyhow::Result<Self> {
        let metrics = telemetry::start(&source)?;
        for unknown in source.unknown_names(&[known, &PLACES].concat()) {
            tracing::warn!("{unknown} is no setting of ours: misspelt?");
        }
        let clock = Clock::System;
        let current = source.secret(settings::JWT_SECRET)?;
        let previous = source.optional_secret(settings::JWT_PREVIOUS_SECRET)?;
        let users =
            UserTokens::new(&current, previous.as_ref(), clock.clone()).context("DADASHOP_JWT_SECRET")?;
        let internal = source.secret(settings::INTERNAL_SECRET)?;
        let services =
            ServiceTokens::new(&internal, name, clock.clone()).context("DADASHOP_INTERNAL_SECRET")?;
        Ok(Self {
            source,
            clock,
            keys: Keys {
                users: Arc::new(users),
                services: Arc::new(services),
            },
            metrics,
        })
    }
}

/// What the services of one process share. Cheap to clone.
#[derive(Clone)]
pub struct Process {
    /// Where settings come from.
    pub source: Source,
    /// Key-value store and event bus.
    pub backends: Backends,
    /// The time.
    pub clock: Clock,
    /// Keys of tokens.
    pub keys: Keys,
    /// What `/metrics` shows.
    pub metrics: Metrics,
}

impl Process {
    /// Starts logging, opens the shared stores and reads the keys, as `name` (the service, or `dadashop`).
    ///
    /// # Errors
    /// Names the setting or the store at fault.
    pub async fn start(source: Source, name: &'static str, known: &[Setting]) -> anyhow::Result<Self> {
        let Foundation {
            source,
            clock,
            keys,
            metrics,
        } = Foundation::lay(source, name, known)?;
        let backends = Backends::open(&source).await?;
        Ok(Self {
            source,
            backends,
            clock,
            keys,
            metrics,
        })
    }

    /// Options of a service's server: where `address` says, with the readiness and codes given.
    pub fn server(
        &self,
        name: &'static str,
        address: Setting,
        codes: ServiceCodes,
        readiness: Readiness,
    ) -> anyhow::Result<ServerOptions> {
        let address: SocketAddr = self.source.parsed(address)?;
        let workers = app::workers(&self.source)?;
        Ok(ServerOptions {
            name,
            address,
            workers,
            codes,
            keys: self.keys.clone(),
            readiness,
            metrics: self.metrics.clone(),
            epochs: TokenEpochs::new(self.backends.kv.clone()),
            drain_pause: app::drain_pause(&self.source)?,
        })
    }

    /// A client of the service whose replicas `urls` lists.
    pub fn client(&self, service: &'static str, urls: Setting) -> anyhow::Result<InternalClient> {
        Ok(InternalClient::new(
            service,
            self.source.list(urls)?,
            self.keys.services.clone(),
        )?)
    }
}

/// Ends a service: its server first, so that no request finds its background work gone; then that work.
pub async fn run_until_stopped(
    server: app::Server,
    tasks: Tasks,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let outcome = server.run_until_stopped(stop).await;
    if !tasks.stop_and_wait(TASK_DRAIN).await {
        tracing::warn!("background work still ran after {} s", TASK_DRAIN.as_secs());
    }
    outcome
}

/// Raised by SIGTERM or SIGINT; the second such signal ends the process at once.
///
/// # Errors
/// When the kernel refuses to hand over signals.
pub fn stop_signal(tasks: &Tasks) -> std::io::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let raised = stop.clone();
    tasks.detach(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if raised.is_cancelled() {
                std::process::exit(130);
            }
            tracing::info!("stopping: requests at hand are finished first");
            raised.cancel();
        }
    });
    Ok(stop)
}

/// What `main` returns: success, or the error and its causes in one line on standard error, and exit code 1.
pub fn exit_code(outcome: anyhow::Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
