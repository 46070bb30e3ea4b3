//! Which headers pass the gateway, each way; and those that it writes itself.

use std::time::Duration;

use common::{deadline, trace};
use http::header::{CONNECTION, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY};
use http::header::{SERVER, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};

use crate::client_address::Client;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// Carries the id by which a request is found in all logs.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static(trace::HEADER);
const DEADLINE: HeaderName = HeaderName::from_static(deadline::HEADER);
/// Browsers that reached us over TLS come by TLS from now on, for so many seconds.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// A request's place in its trace, as headers have it.
#[derive(Clone, Debug)]
pub struct Traced {
    /// For the next hop.
    pub parent: HeaderValue,
    /// The trace's id.
    pub id: HeaderValue,
}

impl Traced {
    /// The next hop of the trace that a request's headers name, or of a fresh one.
    pub fn of(headers: &HeaderMap) -> Self {
        let parent = headers.get(TRACEPARENT).and_then(|value| value.to_str().ok());
        let parent = parent.map_or_else(trace::fresh, trace::child);
        let id = trace::trace_id(&parent).unwrap_or_default();
        let text = |text: &str| HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""));
        Self {
            id: text(id),
            parent: text(&parent),
        }
    }
}

/// Leaves of a request's headers what the client may say, and adds what we know. `Host` is the replica's.
pub fn for_service(headers: &mut HeaderMap, client: Client, traced: &Traced, time_limit: Duration) {
    let refused = named_by_connection(headers);
    remove(headers, |name| {
        !may_enter(name) || refused.iter().any(|refused| refused == name)
    });
    if let Ok(address) = HeaderValue::from_str(&client.address.to_string()) {
        headers.insert(FORWARDED_FOR, address);
    }
    let proto = if client.is_secure { "https" } else { "http" };
    headers.insert(FORWARDED_PROTO, HeaderValue::from_static(proto));
    headers.insert(TRACEPARENT, traced.parent.clone());
    headers.insert(REQUEST_ID, traced.id.clone());
    let millis = u64::try_from(time_limit.as_millis()).unwrap_or(u64::MAX);
    headers.insert(DEADLINE, HeaderValue::from(millis));
}

/// Leaves of a service's answer what a client may see.
pub fn for_client(headers: &mut HeaderMap) {
    let refused = named_by_connection(headers);
    remove(headers, |name| {
        !may_leave(name) || refused.iter().any(|refused| refused == name)
    });
}

/// What every answer carries, whoever gave it.
pub fn mark(headers: &mut HeaderMap, client: Client, traced: &Traced) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.remove(SERVER);
    headers.insert(REQUEST_ID, traced.id.clone());
    if client.is_secure {
        headers.insert(STRICT_TRANSPORT_SECURITY, HSTS);
    }
}

fn remove(headers: &mut HeaderMap, is_refused: impl Fn(&str) -> bool) {
    let refused: Vec<HeaderName> = headers
        .keys()
        .filter(|name| is_refused(name.as_str()))
        .cloned()
        .collect();
    for name in refused {
        headers.remove(name);
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
        "host" | "expect" | "forwarded" | "via" | "true-client-ip" | "cf-connecting-ip" | "traceparent"
        | "tracestate" | "baggage" => false,
        other => !other.starts_with("x-") && !is_hop_by_hop(other),
    }
}

/// Cross-origin headers are `cors`'s, and which software answers is nobody's business.
fn may_leave(name: &str) -> bool {
    match name {
        "server" | "x-powered-by" => false,
        other => !other.starts_with("access-control-") && !is_hop_by_hop(other),
    }
}

/// `Connection: a, b` makes headers a and b concern one connection too. Lengths concern the message, whatever it says.
fn named_by_connection(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(CONNECTION).iter();
    let names = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase());
    names
        .filter(|name| !matches!(name.as_str(), "" | "close" | "keep-alive" | "content-length"))
        .collect()
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
            "content-length",
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

    #[test]
    fn what_a_connection_header_names_stays_behind_but_for_lengths() {
        let mut headers = HeaderMap::new();
        headers.insert(
            CONNECTION,
            HeaderValue::from_static("Keep-Alive, X-Requested-With, content-length"),
        );
        headers.insert("x-requested-with", HeaderValue::from_static("x"));
        headers.insert("content-length", HeaderValue::from_static("3"));
        for_client(&mut headers);
        assert_eq!(headers.len(), 1);
        assert!(headers.contains_key("content-length"));
    }
}
