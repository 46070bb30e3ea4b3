//! The proxy: hands a request to a replica of its service and gives back the answer's head, body to follow.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::web::Payload;
use http::uri::{PathAndQuery, Scheme};
use http::{Method, Request, Response, Uri};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::timeout;

use crate::error::GatewayError;
use crate::headers::{self, Told};
use crate::routes::Route;
use crate::upload::{self, Upload};
use crate::upstreams::{Replica, Upstreams};

/// How long a replica may take to accept a connection (reliability §5.12).
const CONNECT_TIMEOUT: Duration = Duration::from_millis(300);
/// How long an idle connection is kept: less than services keep theirs (75 s), so that they do not close it under
/// a request.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// Idle connections that a worker keeps to one replica.
const IDLE_CONNECTIONS: usize = 128;

/// The proxy of one worker thread. A client that several actix workers share panics on streamed bodies.
pub struct Forwarder {
    client: Client<HttpConnector, Upload>,
    upstreams: Arc<Upstreams>,
}

/// A request on its way.
#[derive(Clone, Copy)]
pub struct Passage<'r> {
    /// As it came.
    pub request: &'r HttpRequest,
    /// Its path without trailing slash.
    pub path: &'r str,
    /// Where it goes.
    pub route: &'static Route,
    /// Its place in its trace.
    pub traceparent: &'r str,
}

impl Forwarder {
    /// A proxy for the thread it is made in.
    pub fn new(upstreams: Arc<Upstreams>) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .build(connector);
        Self { client, upstreams }
    }

    /// The service's answer. The route's time limit runs from when the service has the whole request.
    pub async fn forward(
        &self,
        passage: Passage<'_>,
        payload: Payload,
    ) -> Result<Response<Incoming>, GatewayError> {
        let route = passage.route;
        let (upload, rest) = upload::open(passage.request, payload, route.body_limit).await?;
        let mut answer = pin!(self.send(passage, upload));
        if let Some(rest) = rest {
            // A task of its own: a service may answer before it has read everything, and goes on reading.
            let passed_on = actix_web::rt::spawn(rest.pass_on());
            tokio::select! {
                // A body that breaks off breaks the connection to the service too: its cause is looked at first.
                biased;
                outcome = passed_on => outcome.unwrap_or_else(|panic| Err(GatewayError::Malformed(panic.into())))?,
                answer = &mut answer => return answer,
            }
        }
        match timeout(route.time_limit, answer).await {
            Ok(answer) => answer,
            Err(_elapsed) => Err(GatewayError::TooLate {
                service: route.service,
            }),
        }
    }

    /// Tries one replica, and another one when the first accepts no connection, for then nothing was sent. After
    /// that nothing is repeated: the request may have had its effect.
    async fn send(&self, passage: Passage<'_>, upload: Upload) -> Result<Response<Incoming>, GatewayError> {
        let service = passage.route.service;
        let replicas = self.upstreams.of(service);
        let mut replica = replicas.next();
        let mut outcome = self
            .client
            .request(passage.request_to(replica, upload.clone())?)
            .await;
        if let Err(error) = &outcome
            && error.is_connect()
        {
            replicas.let_rest(replica);
            if let Some(other) = replicas.next_but(replica) {
                replica = other;
                outcome = self.client.request(passage.request_to(replica, upload)?).await;
            }
        }
        outcome.map_err(|source| {
            if source.is_connect() {
                replicas.let_rest(replica);
                GatewayError::Unreachable { service, source }
            } else {
                GatewayError::Broken { service, source }
            }
        })
    }
}

impl Passage<'_> {
    fn request_to(&self, replica: &Replica, upload: Upload) -> Result<Request<Upload>, GatewayError> {
        let told = Told {
            peer: self.request.peer_addr().map(|peer| peer.ip()),
            traceparent: self.traceparent,
            time_limit: self.route.time_limit,
        };
        let headers = headers::to_service(self.request.headers(), told)?;
        let malformed = |error: http::Error| GatewayError::Malformed(error.into());
        let mut uri = http::uri::Parts::default();
        uri.scheme = Some(Scheme::HTTP);
        uri.authority = Some(replica.authority.clone());
        uri.path_and_query = Some(self.target().map_err(|error| malformed(error.into()))?);
        let mut request = Request::new(upload);
        *request.method_mut() = self.method().map_err(|error| malformed(error.into()))?;
        *request.uri_mut() = Uri::from_parts(uri).map_err(|error| malformed(error.into()))?;
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// The same method in the words of the client library.
    pub fn method(&self) -> Result<Method, http::method::InvalidMethod> {
        Method::from_bytes(self.request.method().as_str().as_bytes())
    }

    /// Path and query, the query byte for byte.
    fn target(&self) -> Result<PathAndQuery, http::uri::InvalidUri> {
        match self.request.uri().query() {
            Some(query) => PathAndQuery::from_maybe_shared(format!("{}?{query}", self.path)),
            None => PathAndQuery::try_from(self.path),
        }
    }
}
