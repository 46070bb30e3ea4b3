//! The wiring: from settings to a listening gateway. Nothing else knows how the parts are put together.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::{App, HttpServer, web};
use anyhow::Context;
use common::app;
use common::process::Process;
use common::task::Tasks;
use common::token_epochs::TokenEpochs;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::admin;
use crate::cors::Cors;
use crate::edge::{self, Edge};
use crate::settings::{ADDR, ADMIN_ADDR};
use crate::upstreams::Upstreams;

/// How long a client may take to send a request's head (reliability §5.12).
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection may idle between requests.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
/// Connections of all workers together (reliability §5.13).
const CONNECTIONS: usize = 4096;
/// How long requests may take to finish once the gateway is told to stop.
const DRAIN_SECONDS: u64 = 20;

/// The gateway, built and listening, not yet waited for.
pub struct Application {
    public: Listener,
    admin: Listener,
    draining: CancellationToken,
}

impl Application {
    /// Listens for the public where the settings say, and for operators.
    ///
    /// # Errors
    /// The setting or port at fault.
    pub fn build(process: &Process) -> anyhow::Result<Self> {
        Self::build_on(bind(process.source.parsed(ADDR)?)?, process)
    }

    /// Listens for the public on a socket that was claimed before, and for operators.
    ///
    /// # Errors
    /// The setting or port at fault.
    pub fn build_on(socket: TcpListener, process: &Process) -> anyhow::Result<Self> {
        let tasks = Tasks::default();
        let draining = CancellationToken::new();
        let public = Listener::start(socket, &tasks, |socket| serve(process, socket))?;
        let (metrics, drain) = (process.metrics.clone(), draining.clone());
        let admin_socket = bind(process.source.parsed(ADMIN_ADDR)?)?;
        let admin = Listener::start(admin_socket, &tasks, |socket| {
            let pages =
                move || App::new().configure(|app| admin::configure(app, metrics.clone(), drain.clone()));
            Ok(HttpServer::new(pages)
                .workers(1)
                .disable_signals()
                .listen(socket)?
                .run())
        })?;
        tracing::info!(
            "gateway listens on {}, its own pages are on {}",
            public.address,
            admin.address
        );
        Ok(Self {
            public,
            admin,
            draining,
        })
    }

    /// Where the public is answered.
    pub fn address(&self) -> SocketAddr {
        self.public.address
    }

    /// Where `/healthz`, `/readyz` and `/metrics` are.
    pub fn admin_address(&self) -> SocketAddr {
        self.admin.address
    }

    /// Answers until `stop` is raised; then says "not ready", finishes the requests it has, and returns.
    pub async fn run_until_stopped(mut self, stop: CancellationToken) -> io::Result<()> {
        let ended = tokio::select! {
            () = stop.cancelled() => None,
            ended = &mut self.public.finished => Some(ended),
        };
        self.draining.cancel();
        let outcome = match ended {
            Some(ended) => ended.unwrap_or_else(|panic| Err(io::Error::other(panic))),
            None => self.public.stop().await,
        };
        self.admin.stop().await.and(outcome)
    }
}

fn serve(process: &Process, socket: TcpListener) -> anyhow::Result<Server> {
    let cors = Cors::read(&process.source)?;
    let upstreams = Arc::new(Upstreams::read(&process.source)?);
    let workers = app::workers(&process.source)?;
    let tokens = web::Data::from(process.keys.users.clone());
    let epochs = web::Data::new(TokenEpochs::new(process.backends.kv.clone()));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(tokens.clone())
            .app_data(epochs.clone())
            .app_data(web::Data::new(Edge::new(cors.clone(), upstreams.clone())))
            .default_service(web::to(edge::answer))
    });
    let server = server
        .workers(workers)
        .max_connections(CONNECTIONS / workers.max(1))
        .client_request_timeout(HEAD_TIMEOUT)
        .keep_alive(IDLE_TIMEOUT)
        .shutdown_timeout(DRAIN_SECONDS)
        .disable_signals();
    Ok(server.listen(socket)?.run())
}

fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).with_context(|| format!("cannot listen on {address}"))
}

/// A server on its port.
struct Listener {
    address: SocketAddr,
    handle: ServerHandle,
    finished: JoinHandle<io::Result<()>>,
}

impl Listener {
    fn start(
        socket: TcpListener,
        tasks: &Tasks,
        serve: impl FnOnce(TcpListener) -> anyhow::Result<Server>,
    ) -> anyhow::Result<Self> {
        let address = socket.local_addr()?;
        let server = serve(socket)?;
        let handle = server.handle();
        Ok(Self {
            address,
            handle,
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
