//! Which headers pass the gateway, each way; and those that it writes itself.

use std::net::IpAddr;
use std::time::Duration;

use actix_web::http::header::{self as client_header, HeaderMap as ClientHeaders};
use common::{deadline, trace};
use http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::error::GatewayError;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static(trace::HEADER);
const DEADLINE: HeaderName = HeaderName::from_static(deadline::HEADER);

/// What the gateway tells a service about a request.
#[derive(Clone, Copy, Debug)]
pub struct Told<'r> {
    /// Where the request came from.
    pub peer: Option<IpAddr>,
    /// The hop's place in its trace.
    pub traceparent: &'r str,
    /// How long the answer is waited for.
    pub time_limit: Duration,
}

/// The headers of a request as a service gets them: what the client may say, and what we know. `Host` and the length
/// are written by the client library.
pub fn to_service(client: &ClientHeaders, told: Told<'_>) -> Result<HeaderMap, GatewayError> {
    let malformed = |error: http::Error| GatewayError::Malformed(error.into());
    let mut headers = HeaderMap::with_capacity(client.len() + 5);
    for (name, value) in client {
        if may_enter(name.as_str()) && !is_named_by_connection(client, name.as_str()) {
            let name =
                HeaderName::from_bytes(name.as_str().as_bytes()).map_err(|error| malformed(error.into()))?;
            let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|error| malformed(error.into()))?;
            headers.append(name, value);
        }
    }
    let text = |value: &str| HeaderValue::from_str(value).map_err(|error| malformed(error.into()));
    if let Some(peer) = told.peer {
        headers.insert(FORWARDED_FOR, text(&peer.to_string())?);
    }
    headers.insert(FORWARDED_PROTO, HeaderValue::from_static("http"));
    headers.insert(TRACEPARENT, text(told.traceparent)?);
    headers.insert(
        REQUEST_ID,
        text(trace::trace_id(told.traceparent).unwrap_or_default())?,
    );
    let millis = u64::try_from(told.time_limit.as_millis()).unwrap_or(u64::MAX);
    headers.insert(DEADLINE, HeaderValue::from(millis));
    Ok(headers)
}

/// Copies the headers of a service's answer that a client may see.
pub fn to_client(service: &HeaderMap, client: &mut ClientHeaders) {
    for (name, value) in service {
        if !may_leave(name.as_str()) {
            continue;
        }
        if let (Ok(name), Ok(value)) = (
            client_header::HeaderName::from_bytes(name.as_str().as_bytes()),
            client_header::HeaderValue::from_bytes(value.as_bytes()),
        ) {
            client.append(name, value);
        }
    }
}

/// Headers that concern one connection (RFC 9110 §7.6.1).
fn is_hop_by_hop(name: &str) -> bool {
    matches!(
        name,
        "connection"
            | "keep-alive"
            | "proxy-authenticate"
            | "proxy-authorization"
            | "proxy-connection"
            | "te"
            | "trailer"
            | "transfer-encoding"
            | "upgrade"
    )
}

/// Nothing enters by which a client could say who or where it is, how long we wait, or what it asked for instead.
/// That is the use of nearly all `x-…` headers, so those enter by name only.
fn may_enter(name: &str) -> bool {
    match name {
        "x-requested-with" | "x-csrftoken" => true,
        "host" | "content-length" | "expect" | "forwarded" | "via" | "true-client-ip"
        | "cf-connecting-ip" | "traceparent" | "tracestate" | "baggage" => false,
        other => !other.starts_with("x-") && !is_hop_by_hop(other),
    }
}

/// Lengths are written anew, cross-origin headers are `cors`'s, and which software answers is nobody's business.
fn may_leave(name: &str) -> bool {
    match name {
        "content-length" | "server" | "x-powered-by" => false,
        other => !other.starts_with("access-control-") && !is_hop_by_hop(other),
    }
}

/// `Connection: a, b` makes headers a and b concern one connection too.
fn is_named_by_connection(headers: &ClientHeaders, name: &str) -> bool {
    headers
        .get_all(client_header::CONNECTION)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|named| named.trim().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_claims_an_identity_does_not_enter() {
        for name in [
            "x-user-id",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-internal-token",
            "x-real-ip",
            "x-deadline-ms",
            "x-http-method-override",
            "x-original-url",
            "x-request-id",
            "forwarded",
            "traceparent",
            "host",
            "transfer-encoding",
            "upgrade",
            "te",
            "expect",
            "content-length",
        ] {
            assert!(!may_enter(name), "{name}");
        }
    }

    #[test]
    fn what_services_read_enters() {
        for name in [
            "authorization",
            "accept",
            "accept-language",
            "content-type",
            "idempotency-key",
            "if-none-match",
            "range",
            "user-agent",
            "x-requested-with",
            "cookie",
            "wechatpay-signature",
        ] {
            assert!(may_enter(name), "{name}");
        }
    }
}
