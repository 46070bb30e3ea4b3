//! Outgoing HTTP: the client for third parties, and the internal client by which services call each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::http::header::{ACCEPT, AUTHORIZATION};
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::retry_budget::RetryBudget;
use crate::token::ServiceTokens;
use crate::{deadline, trace};

/// Limit of establishing a connection between services.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(300);
/// Limit of one try of an internal call (reliability §5.12), unless the call has one of its own. An answer that took
/// longer may have overtaken an earlier try that is still on its way.
pub const TRY_TIMEOUT: Duration = Duration::from_millis(1500);
/// Tries of an idempotent call, the first included.
const TRIES: u32 = 3;
/// Longest pause before another try; the pause is random up to it.
const RETRY_PAUSE_MILLIS: u64 = 400;
/// An answer in JSON; a failure with its true HTTP status, which the envelope for browsers hides (contract §0.8).
const ACCEPTED: &str = "application/json, application/problem+json";
/// Answers above this many bytes are refused.
const ANSWER_LIMIT: u64 = 4 * 1024 * 1024;

/// A client for third parties: verified TLS, no redirects, no proxy, all limits set.
///
/// # Errors
/// When the TLS roots cannot be loaded.
pub fn outside_client(total: Duration) -> reqwest::Result<reqwest::Client> {
    builder()
        .connect_timeout(Duration::from_secs(2))
        .timeout(total)
        .build()
}

fn builder() -> reqwest::ClientBuilder {
    // Fails only when a provider is installed already, which is what we want.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
}

/// Why an internal call brought no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The other service refused: the call had no effect.
    #[error("{service} refused the call with status {status}")]
    Refused {
        /// Which service.
        service: &'static str,
        /// The HTTP status.
        status: StatusCode,
    },
    /// No connection to any replica: the call had no effect.
    #[error("{service} cannot be reached")]
    Unreachable {
        /// Which service.
        service: &'static str,
        /// Why not.
        #[source]
        source: reqwest::Error,
    },
    /// The answer was lost, late or unreadable: the call may have had its effect.
    #[error("no answer from {service}")]
    Unknown {
        /// Which service.
        service: &'static str,
        /// What was lost.
        #[source]
        source: reqwest::Error,
    },
    /// Our own token could not be made.
    #[error("no service token")]
    Token(#[from] crate::token::TokenError),
}

/// Calls one service, over all its replicas. Cheap to clone.
#[derive(Clone)]
pub struct InternalClient(Arc<Inner>);

struct Inner {
    service: &'static str,
    replicas: Vec<String>,
    next: AtomicUsize,
    http: reqwest::Client,
    tokens: Arc<ServiceTokens>,
    budget: RetryBudget,
}

impl std::fmt::Debug for InternalClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InternalClient")
            .field("service", &self.0.service)
            .field("replicas", &self.0.replicas)
            .finish()
    }
}

impl InternalClient {
    /// A client of `service`, whose replicas answer at the base addresses `replicas` (`http://host:port`).
    ///
    /// # Errors
    /// When the TLS roots cannot be loaded.
    pub fn new(
        service: &'static str,
        replicas: Vec<String>,
        tokens: Arc<ServiceTokens>,
    ) -> reqwest::Result<Self> {
        let http = builder().connect_timeout(CONNECT_TIMEOUT).build()?;
        let replicas = replicas
            .into_iter()
            .map(|url| url.trim_end_matches('/').to_owned())
            .collect();
        let budget = RetryBudget::default();
        Ok(Self(Arc::new(Inner {
            service,
            replicas,
            next: AtomicUsize::new(0),
            http,
            tokens,
            budget,
        })))
    }

    /// `GET path`, repeated when the answer is lost.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, CallError> {
        self.call::<(), T>(Method::GET, path, None, TRY_TIMEOUT).await
    }

    /// `PUT path`: the receiver makes it idempotent, so it is repeated when the answer is lost.
    pub async fn put<B: Serialize, T: DeserializeOwned>(&self, path: &str, body: &B) -> Result<T, CallError> {
        self.call(Method::PUT, path, Some(body), TRY_TIMEOUT).await
    }

    /// Like [`Self::put`], for an answer that takes its time: `limit` bounds each try and all tries together.
    pub async fn put_within<B: Serialize, T: DeserializeOwned>(
        &self,
        limit: Duration,
        path: &str,
        body: &B,
    ) -> Result<T, CallError> {
        let call = self.call(Method::PUT, path, Some(body), limit);
        deadline::scope(deadline::within(limit), call).await
    }

    /// `POST path` of a question that changes nothing, repeated when the answer is lost.
    pub async fn post_read<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<T, CallError> {
        self.call(Method::POST, path, Some(body), TRY_TIMEOUT).await
    }

    async fn call<B: Serialize, T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&B>,
        try_limit: Duration,
    ) -> Result<T, CallError> {
        self.0.budget.deposit();
        let mut tries = 1;
        loop {
            match self.try_once(&method, path, body, try_limit).await {
                Err(error)
                    if tries < TRIES && error.is_passing() && is_awaited() && self.0.budget.withdraw() =>
                {
                    tries += 1;
                    tracing::debug!(
                        service = self.0.service,
                        ?error,
                        "internal call to {} failed, trying again",
                        self.0.service
                    );
                    tokio::time::sleep(Duration::from_millis(rand::random_range(0..RETRY_PAUSE_MILLIS)))
                        .await;
                }
                outcome => return outcome,
            }
        }
    }

    async fn try_once<B: Serialize, T: DeserializeOwned>(
        &self,
        method: &Method,
        path: &str,
        body: Option<&B>,
        try_limit: Duration,
    ) -> Result<T, CallError> {
        let Inner {
            service,
            replicas,
            next,
            http,
            tokens,
            ..
        } = &*self.0;
        let limit = deadline::within(try_limit);
        let replica = &replicas[next.fetch_add(1, Ordering::Relaxed) % replicas.len()];
        let mut request = http
            .request(method.clone(), format!("{replica}{path}"))
            .timeout(limit)
            .header(AUTHORIZATION.as_str(), tokens.current()?)
            .header(ACCEPT.as_str(), ACCEPTED)
            .header(
                deadline::HEADER,
                u64::try_from(limit.as_millis()).unwrap_or(u64::MAX),
            );
        if let Some(parent) = trace::current() {
            request = request.header(trace::HEADER, trace::child(&parent));
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let lost = |source: reqwest::Error| match source.is_connect() {
            true => CallError::Unreachable { service, source },
            false => CallError::Unknown { service, source },
        };
        let mut answer = request.send().await.map_err(lost)?;
        let status = answer.status();
        // A service that failed may have failed after its commit; only 503 says that it never began.
        if status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE {
            answer = answer.error_for_status().map_err(lost)?;
        }
        if status != StatusCode::OK
            || answer
                .content_length()
                .is_some_and(|length| length > ANSWER_LIMIT)
        {
            return Err(CallError::Refused { service, status });
        }
        answer.json().await.map_err(lost)
    }
}

/// Whether the caller still waits, so that another try can be of use.
fn is_awaited() -> bool {
    !deadline::within(TRY_TIMEOUT).is_zero()
}

impl CallError {
    /// Whether another try may fare better.
    fn is_passing(&self) -> bool {
        match self {
            Self::Refused { status, .. } => *status == StatusCode::SERVICE_UNAVAILABLE,
            Self::Unreachable { .. } | Self::Unknown { .. } => true,
            Self::Token(_) => false,
        }
    }
}
