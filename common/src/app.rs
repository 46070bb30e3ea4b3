//! One HTTP server as every service runs it: edge middleware, health and metrics pages, graceful stop.

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{ServerHandle, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, NormalizePath, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, Error, HttpResponse, HttpServer, Resource};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::db::Db;
use crate::error_codes::{ErrorCode, shared};
use crate::error_reply::{self, Failure};
use crate::json::BODY_LIMIT;
use crate::kv::Kv;
use crate::service_codes::ServiceCodes;
use crate::settings::{self, Mode, SettingsError, Source};
use crate::task::Heartbeat;
use crate::telemetry::Metrics;
use crate::token::{ServiceTokens, UserTokens};
use crate::token_epochs::TokenEpochs;
use crate::{deadline, trace};

/// How long requests may take to finish once connections are refused: with the pause before and the end of background
/// work after it, a process ends within 30 s.
const DRAIN_SECONDS: u64 = 18;
/// How long "not ready" is said by default, in production.
const DRAIN_PAUSE_SECONDS: u64 = 3;
/// How often the figures of `/metrics` are summed up.
const SUM_UP_INTERVAL: Duration = Duration::from_secs(5);
/// A background loop that has not shown itself for this long makes the service not ready.
const HEARTBEAT_LIMIT: Duration = Duration::from_secs(30);

/// What `/readyz` looks at.
#[derive(Clone, Default)]
pub struct Readiness {
    /// The service's database.
    pub db: Option<Db>,
    /// The key-value store, where the service is nothing without it.
    pub kv: Option<Kv>,
    /// Its background loops.
    pub heartbeats: Vec<Heartbeat>,
}

impl Readiness {
    /// The first thing that is not as it should be.
    async fn trouble(&self) -> Option<String> {
        if let Some(db) = &self.db
            && let Err(error) = db.ping().await
        {
            tracing::warn!(?error, "not ready: database does not answer");
            return Some("database".into());
        }
        if let Some(kv) = &self.kv
            && let Err(error) = kv.ping().await
        {
            tracing::warn!(?error, "not ready: key-value store does not answer");
            return Some("key-value store".into());
        }
        let stale = self
            .heartbeats
            .iter()
            .find(|heartbeat| heartbeat.age() > HEARTBEAT_LIMIT);
        stale.map(|heartbeat| heartbeat.name.to_owned())
    }
}

/// The keys that extractors check tokens with.
#[derive(Clone)]
pub struct Keys {
    /// Of users.
    pub users: Arc<UserTokens>,
    /// Of services.
    pub services: Arc<ServiceTokens>,
}

/// How a service's server is to be started.
#[derive(Clone)]
pub struct ServerOptions {
    /// The service's name in logs and metrics.
    pub name: &'static str,
    /// Where it listens; port 0 = any free one.
    pub address: SocketAddr,
    /// Worker threads.
    pub workers: usize,
    /// Codes for what extractors refuse.
    pub codes: ServiceCodes,
    /// Keys for what extractors check.
    pub keys: Keys,
    /// What `/readyz` looks at.
    pub readiness: Readiness,
    /// What `/metrics` shows.
    pub metrics: Metrics,
    /// Which tokens are revoked.
    pub epochs: TokenEpochs,
    /// How long "not ready" is said before connections are refused.
    pub drain_pause: Duration,
}

/// A port that cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {source}")]
pub struct BindError {
    address: SocketAddr,
    source: std::io::Error,
}

/// A server that accepts requests.
pub struct Server {
    name: &'static str,
    address: SocketAddr,
    handle: ServerHandle,
    finished: JoinHandle<std::io::Result<()>>,
    drain_pause: Duration,
    edge: Edge,
}

/// What the edge of a server remembers for all its requests.
#[derive(Clone)]
struct Edge {
    name: &'static str,
    requests: TaskTracker,
    draining: CancellationToken,
}

/// Worker threads as the settings say, else one per core.
pub fn workers(source: &Source) -> Result<usize, SettingsError> {
    match source.optional(settings::WORKERS) {
        Some(_) => source.parsed(settings::WORKERS),
        None => Ok(std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get)),
    }
}

/// How long a process says "not ready" before it refuses connections: so long that whoever balances over its replicas
/// has seen it (reliability §5.11). None in development, where nobody looks.
///
/// # Errors
/// When the setting is no number.
pub fn drain_pause(source: &Source) -> Result<Duration, SettingsError> {
    let seconds = match source.optional(settings::DRAIN_PAUSE_SECONDS) {
        Some(_) => source.parsed(settings::DRAIN_PAUSE_SECONDS)?,
        None if Mode::of(source)? == Mode::Production => DRAIN_PAUSE_SECONDS,
        None => 0,
    };
    Ok(Duration::from_secs(seconds))
}

/// Listens, and starts to answer with `routes` beside `/healthz`, `/readyz` and `/metrics`.
pub fn start(
    options: ServerOptions,
    routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> Result<Server, BindError> {
    let bind_error = |source| BindError {
        address: options.address,
        source,
    };
    let listener = TcpListener::bind(options.address).map_err(bind_error)?;
    let address = listener.local_addr().map_err(bind_error)?;
    let edge = Edge {
        name: options.name,
        requests: TaskTracker::new(),
        draining: CancellationToken::new(),
    };
    let (name, workers, edge_of_app) = (options.name, options.workers, edge.clone());
    let (drain_pause, metrics) = (options.drain_pause, options.metrics.clone());
    let server = HttpServer::new(move || {
        let edge = edge_of_app.clone();
        let operations = edge.clone();
        App::new()
            .configure(|app| configure(app, &options, operations))
            .configure(routes.clone())
            .default_service(web::to(no_such_route))
            .wrap(from_fn(move |request, next| pass(edge.clone(), request, next)))
            .wrap(NormalizePath::trim()) // contract §1.1.13: with and without a trailing slash
    })
    .workers(workers)
    .client_request_timeout(Duration::from_secs(5))
    .keep_alive(Duration::from_secs(75))
    .shutdown_timeout(DRAIN_SECONDS)
    .disable_signals()
    .listen(listener)
    .map_err(|source| BindError { address, source })?
    .run();
    let handle = server.handle();
    let finished = edge.requests.spawn(server);
    edge.requests.spawn(sum_up_until(metrics, edge.draining.clone()));
    tracing::info!(%address, "{name} listens on {address}");
    Ok(Server {
        name,
        address,
        handle,
        finished,
        drain_pause,
        edge,
    })
}

/// Keeps the memory that measurements take bounded.
pub async fn sum_up_until(metrics: Metrics, stop: CancellationToken) {
    while tokio::time::timeout(SUM_UP_INTERVAL, stop.cancelled())
        .await
        .is_err()
    {
        metrics.sum_up();
    }
}

fn configure(app: &mut ServiceConfig, options: &ServerOptions, edge: Edge) {
    let invalid = options.codes.invalid;
    app.app_data(options.codes)
        .app_data(web::Data::from(options.keys.users.clone()))
        .app_data(web::Data::from(options.keys.services.clone()))
        .app_data(web::Data::new(options.epochs.clone()))
        .app_data(web::PayloadConfig::new(BODY_LIMIT))
        .app_data(
            web::PathConfig::default().error_handler(move |error, _| refused(invalid, error.to_string())),
        )
        .app_data(
            web::QueryConfig::default().error_handler(move |error, _| refused(invalid, error.to_string())),
        )
        .app_data(web::Data::new(options.readiness.clone()))
        .app_data(web::Data::new(options.metrics.clone()))
        .app_data(web::Data::new(edge))
        .route("/healthz", web::get().to(async || "ok"))
        .route("/readyz", web::get().to(ready))
        .route("/metrics", web::get().to(metrics_page));
}

fn refused(code: ErrorCode, reason: String) -> Error {
    Failure::of(code).because(reason).into()
}

/// A resource that answers a method it does not know with 405 in the envelope.
pub fn resource(path: &str) -> Resource {
    web::resource(path).default_service(web::to(async || -> Result<HttpResponse, Failure> {
        Err(Failure::of_transport(shared::METHOD_NOT_ALLOWED))
    }))
}

async fn no_such_route() -> Result<HttpResponse, Failure> {
    Err(Failure::of_transport(shared::NO_SUCH_ROUTE))
}

async fn ready(readiness: web::Data<Readiness>, edge: web::Data<Edge>) -> HttpResponse {
    let trouble = if edge.draining.is_cancelled() {
        Some("draining".into())
    } else {
        readiness.trouble().await
    };
    match trouble {
        None => HttpResponse::Ok().body("ready"),
        Some(trouble) => HttpResponse::ServiceUnavailable().body(format!("not ready: {trouble}")),
    }
}

async fn metrics_page(metrics: web::Data<Metrics>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4")
        .body(metrics.render())
}

/// Every request passes here. The handler runs as a task of its own, to its end, even when its caller hangs up:
/// a handler dropped in the middle would leave its transaction to the next user of the connection (reliability L2b).
async fn pass(
    edge: Edge,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let traceparent = header(&request, trace::HEADER).map_or_else(trace::fresh, trace::child);
    let trace_id = trace::trace_id(&traceparent).unwrap_or_default().to_owned();
    let span = tracing::info_span!("request", service = edge.name, method = %request.method(), path = request.path(), trace_id);
    let limit = header(&request, deadline::HEADER)
        .and_then(|text| text.parse().ok())
        .map(Duration::from_millis);
    let handler = trace::scope(
        traceparent,
        within_deadline(limit, next.call(request)).instrument(span),
    );
    let outcome = actix_web::rt::spawn(edge.requests.track_future(handler)).await;
    let response = match outcome {
        Ok(response) => error_reply::localise(response?),
        Err(panic) => return Err(Failure::of_transport(shared::INTERNAL).because(panic).into()),
    };
    count(edge.name, &response, started);
    Ok(response)
}

async fn within_deadline<F: Future>(limit: Option<Duration>, handler: F) -> F::Output {
    match limit {
        Some(limit) => deadline::scope(limit, handler).await,
        None => handler.await,
    }
}

fn header<'r>(request: &'r ServiceRequest, name: &str) -> Option<&'r str> {
    request.headers().get(name)?.to_str().ok()
}

fn count<B>(service: &'static str, response: &ServiceResponse<B>, started: Instant) {
    let route = response
        .request()
        .match_pattern()
        .unwrap_or_else(|| "none".into());
    let status = response.status().as_u16();
    let code = error_reply::code_of(response).unwrap_or(u32::from(status));
    metrics::counter!("http_requests_total", "service" => service, "route" => route.clone(), "code" => code.to_string()).increment(1);
    metrics::histogram!("http_request_duration_seconds", "service" => service, "route" => route)
        .record(started.elapsed());
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop` is raised; then says "not ready" for a while, finishes the requests it has, and returns.
    pub async fn run_until_stopped(self, stop: CancellationToken) -> std::io::Result<()> {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.edge.draining.cancelled() => {}
        }
        self.edge.draining.cancel();
        tokio::time::sleep(self.drain_pause).await;
        let deadline = tokio::time::Instant::now() + Duration::from_secs(DRAIN_SECONDS);
        self.handle.stop(true).await;
        self.edge.requests.close();
        if tokio::time::timeout_at(deadline, self.edge.requests.wait())
            .await
            .is_err()
        {
            tracing::warn!(
                "{} stops with requests unfinished after {DRAIN_SECONDS} s",
                self.name
            );
        }
        self.finished
            .await
            .unwrap_or_else(|panic| Err(std::io::Error::other(panic)))
    }
}
