//! The wiring: from settings to a listening gateway. Nothing else knows how the parts are put together.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer};
use anyhow::Context;
use common::app::{self, Keys};
use common::backends::open_kv;
use common::kv::Kv;
use common::process::{Foundation, Process};
use common::retry_budget::RetryBudget;
use common::settings::Source;
use common::task::Tasks;
use common::telemetry::{LogFormat, Metrics};
use common::token_epochs::TokenEpochs;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::access_log::{AccessLog, LogWriter};
use crate::admin;
use crate::client_address::Proxies;
use crate::cors::Cors;
use crate::documents::Documents;
use crate::edge::{Edge, Shared};
use crate::forward::Forwarder;
use crate::hosts::Hosts;
use crate::in_flight::InFlight;
use crate::rate_limit::RateLimiter;
use crate::seats::Seats;
use crate::server::Workers;
use crate::settings::{ADDR, ADMIN_ADDR};
use crate::upstreams::Upstreams;

/// How long background work may take to end.
const TASK_DRAIN: Duration = Duration::from_secs(2);
/// How long the last lines of the log may take to be written.
const LOG_DRAIN: Duration = Duration::from_secs(1);

/// What the gateway needs of its process: no database and no bus.
pub struct Needs {
    /// Where settings come from.
    pub source: Source,
    /// Where rate limits are shared.
    pub kv: Kv,
    /// Keys of tokens.
    pub keys: Keys,
    /// What `/metrics` shows.
    pub metrics: Metrics,
}

/// The gateway, built and listening, not yet waited for.
pub struct Application {
    address: SocketAddr,
    answering: JoinHandle<io::Result<()>>,
    refuse: CancellationToken,
    drain_pause: Duration,
    draining: CancellationToken,
    admin: AdminServer,
    log: std::thread::JoinHandle<()>,
    tasks: Tasks,
}

impl Needs {
    /// What a process of the gateway's own has laid, and the key-value store.
    ///
    /// # Errors
    /// When the store cannot be opened.
    pub async fn open(foundation: Foundation) -> anyhow::Result<Self> {
        let Foundation {
            source,
            keys,
            metrics,
            ..
        } = foundation;
        Ok(Self {
            kv: open_kv(&source).await?,
            source,
            keys,
            metrics,
        })
    }

    /// What a process that has more gives.
    pub fn of(process: &Process) -> Self {
        Self {
            source: process.source.clone(),
            kv: process.backends.kv.clone(),
            keys: process.keys.clone(),
            metrics: process.metrics.clone(),
        }
    }
}

impl Application {
    /// Listens for the public where the settings say, and for operators.
    ///
    /// # Errors
    /// The setting or port at fault.
    pub fn build(needs: &Needs) -> anyhow::Result<Self> {
        Self::build_on(bind(needs.source.parsed(ADDR)?)?, needs)
    }

    /// Listens for the public on a socket that was claimed before, and for operators.
    ///
    /// # Errors
    /// The setting or port at fault.
    pub fn build_on(socket: TcpListener, needs: &Needs) -> anyhow::Result<Self> {
        let (tasks, refuse) = (Tasks::default(), CancellationToken::new());
        let draining = CancellationToken::new();
        let address = socket.local_addr()?;
        let upstreams = Arc::new(Upstreams::read(&needs.source)?);
        let shared = Arc::new(shared(needs, address)?);
        let (workers, log) = workers(needs, &shared, &upstreams)?;
        let seats = Seats::new(shared.proxies.clone(), shared.limiter.is_on());
        let admin = AdminServer::start(needs, &tasks, &draining, &upstreams)?;
        upstreams.watch(&tasks);
        let limiter = shared.limiter.clone();
        tasks.supervise("report of rate limits", move |stop, beat| {
            limiter.clone().keep_reporting(stop, beat)
        });
        tasks.detach(app::sum_up_until(needs.metrics.clone(), tasks.stop_signal()));
        let answering = tasks.detach(workers.accept(socket, seats, refuse.clone()));
        tracing::info!(
            "gateway listens on {address}, its own pages are on {}",
            admin.address
        );
        Ok(Self {
            address,
            answering,
            refuse,
            drain_pause: app::drain_pause(&needs.source)?,
            draining,
            admin,
            log,
            tasks,
        })
    }

    /// Where the public is answered.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where `/healthz`, `/readyz` and `/metrics` are.
    pub fn admin_address(&self) -> SocketAddr {
        self.admin.address
    }

    /// Answers until `stop` is raised; then says "not ready" for a while, finishes the requests it has, and returns.
    pub async fn run_until_stopped(mut self, stop: CancellationToken) -> io::Result<()> {
        let panicked = |panic| Err(io::Error::other(panic));
        let ended = tokio::select! {
            () = stop.cancelled() => None,
            ended = &mut self.answering => Some(ended),
        };
        self.draining.cancel();
        let outcome = match ended {
            Some(ended) => ended.unwrap_or_else(panicked),
            None => {
                tokio::time::sleep(self.drain_pause).await;
                self.refuse.cancel();
                self.answering.await.unwrap_or_else(panicked)
            }
        };
        let written = tokio::task::spawn_blocking(|| self.log.join());
        if tokio::time::timeout(LOG_DRAIN, written).await.is_err() {
            tracing::warn!("the last lines of the access log were not written in time");
        }
        self.tasks.stop_signal().cancel();
        let outcome = self.admin.stop().await.and(outcome);
        self.tasks.stop_and_wait(TASK_DRAIN).await;
        outcome
    }
}

fn shared(needs: &Needs, address: SocketAddr) -> anyhow::Result<Shared> {
    let source = &needs.source;
    Ok(Shared {
        cors: Cors::read(source)?,
        hosts: Hosts::read(source, address.ip())?,
        proxies: Arc::new(Proxies::read(source)?),
        tokens: needs.keys.users.clone(),
        epochs: TokenEpochs::new(needs.kv.clone()),
        limiter: Arc::new(RateLimiter::read(source, needs.kv.clone())?),
        in_flight: Arc::new(InFlight::read(source)?),
        documents: Documents::new(needs)?,
    })
}

fn workers(
    needs: &Needs,
    shared: &Arc<Shared>,
    upstreams: &Arc<Upstreams>,
) -> anyhow::Result<(Workers, std::thread::JoinHandle<()>)> {
    let (writer, log) = LogWriter::start()?;
    let format = LogFormat::of(&needs.source)?;
    let budget = Arc::new(RetryBudget::default());
    let (shared, upstreams) = (shared.clone(), upstreams.clone());
    let edge = move || {
        let forwarder = Forwarder::new(upstreams.clone(), budget.clone());
        Edge::new(shared.clone(), forwarder, AccessLog::new(format, writer.clone()))
    };
    let workers = Workers::start(app::workers(&needs.source)?, Arc::new(edge))?;
    Ok((workers, log))
}

fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).with_context(|| format!("cannot listen on {address}"))
}

/// The server of the gateway's own pages.
struct AdminServer {
    address: SocketAddr,
    handle: ServerHandle,
    finished: JoinHandle<io::Result<()>>,
}

impl AdminServer {
    fn start(
        needs: &Needs,
        tasks: &Tasks,
        draining: &CancellationToken,
        upstreams: &Arc<Upstreams>,
    ) -> anyhow::Result<Self> {
        let socket = bind(needs.source.parsed(ADMIN_ADDR)?)?;
        let address = socket.local_addr()?;
        let (metrics, draining, upstreams) = (needs.metrics.clone(), draining.clone(), upstreams.clone());
        let pages = move || {
            let (metrics, draining, upstreams) = (metrics.clone(), draining.clone(), upstreams.clone());
            App::new().configure(|app| admin::configure(app, metrics, draining, upstreams))
        };
        let server = HttpServer::new(pages)
            .workers(1)
            .disable_signals()
            .listen(socket)?
            .run();
        Ok(Self {
            address,
            handle: server.handle(),
            finished: tasks.detach(server),
        })
    }

    async fn stop(self) -> io::Result<()> {
        self.handle.stop(true).await;
        self.finished
            .await
            .unwrap_or_else(|panic| Err(io::Error::other(panic)))
    }
}
