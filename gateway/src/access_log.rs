//! One line and two metrics per request, written when its answer is through or given up.

use std::error::Error;
use std::time::Instant;

use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};

/// What is written of a request that ended before it had an answer, as nginx has it: the client went away.
const CLIENT_GONE: u16 = 499;

/// What is remembered of a request: neither its path and query, which may name people, nor its headers.
#[derive(Debug)]
pub struct Record {
    method: Method,
    route: &'static str,
    status: u16,
    bytes: usize,
    trace_id: String,
    started: Instant,
}

impl Record {
    /// Begins with the request.
    pub fn begin(request: &HttpRequest, trace_id: String) -> Self {
        Self {
            method: request.method().clone(),
            route: "none",
            status: CLIENT_GONE,
            bytes: 0,
            trace_id,
            started: Instant::now(),
        }
    }

    /// The row of the route table that fits.
    pub fn set_route(&mut self, pattern: &'static str) {
        self.route = pattern;
    }

    /// The answer has begun.
    pub fn set_status(&mut self, status: StatusCode) {
        self.status = status.as_u16();
    }

    /// Bytes of the answer's body went out.
    pub fn add(&mut self, bytes: usize) {
        self.bytes += bytes;
    }

    /// The answer broke off: the client sees a cut connection.
    pub fn broke(&self, error: &dyn Error) {
        tracing::warn!(%error, trace_id = self.trace_id, "answer for {} broke off: {error}", self.route);
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let Self {
            method,
            route,
            status,
            bytes,
            trace_id,
            started,
        } = self;
        let elapsed = started.elapsed();
        let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(target: "access", %method, route, status, ms, bytes, trace_id, "{method} {route} answered {status}");
        metrics::histogram!("http_request_duration_seconds", "service" => "gateway", "route" => *route)
            .record(elapsed);
        metrics::counter!("http_requests_total", "service" => "gateway", "route" => *route, "code" => status.to_string())
            .increment(1);
    }
}
