//! The way of every request: preflight, admission, route, limits, token, service; and what every answer carries.

use std::convert::Infallible;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;

use common::error_codes::ErrorCode;
use common::token::UserTokens;
use common::token_epochs::TokenEpochs;
use http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HOST, HeaderMap, HeaderValue, ORIGIN,
    RETRY_AFTER,
};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{Request, Response, StatusCode, Uri};
use hyper::body::Incoming;

use crate::access_log::{AccessLog, Record};
use crate::admission::admit;
use crate::auth::Gatekeeper;
use crate::client_address::{Client, Proxies};
use crate::connection::Connection;
use crate::cors::Cors;
use crate::documents::{Document, Documents};
use crate::download::{Content, Download};
use crate::error::{GatewayError, Refused};
use crate::forward::{Answer, Forwarder, Passage};
use crate::headers::{self, Traced};
use crate::hosts::Hosts;
use crate::in_flight::InFlight;
use crate::rate_limit::{RateLimiter, Rule, Subject};
use crate::routes::{self, Route};
use crate::upload::Upload;

/// What all threads answer with.
pub struct Shared {
    /// Which pages may call.
    pub cors: Cors,
    /// What we may be called by.
    pub hosts: Hosts,
    /// Whose word is believed.
    pub proxies: Arc<Proxies>,
    /// Keys of tokens.
    pub tokens: Arc<UserTokens>,
    /// Which tokens are revoked.
    pub epochs: TokenEpochs,
    /// How much may be asked.
    pub limiter: Arc<RateLimiter>,
    /// How much may be under way.
    pub in_flight: Arc<InFlight>,
    /// What we say of ourselves.
    pub documents: Documents,
}

/// What one thread answers with.
pub struct Edge {
    shared: Arc<Shared>,
    gatekeeper: Gatekeeper,
    forwarder: Forwarder,
    log: Rc<AccessLog>,
}

/// What is needed of a request to write its refusal.
struct Reader {
    origin: Option<HeaderValue>,
    accept: Option<HeaderValue>,
    language: Option<HeaderValue>,
}

/// A request as it came.
struct Arrived<'e> {
    head: Parts,
    body: Incoming,
    client: Client,
    traced: &'e Traced,
    connection: Rc<Connection>,
    number: u64,
}

impl Edge {
    /// For the thread it is made in.
    pub fn new(shared: Arc<Shared>, forwarder: Forwarder, log: AccessLog) -> Self {
        Self {
            gatekeeper: Gatekeeper::new(shared.tokens.clone(), shared.epochs.clone()),
            shared,
            forwarder,
            log: Rc::new(log),
        }
    }

    /// A few times a second: passes on what was gathered, lets go of what nobody uses.
    pub fn round(&self) {
        self.log.flush();
        self.forwarder.prune();
    }

    async fn pass(&self, arrived: Arrived<'_>, record: &mut Record) -> Result<Response<Content>, Refused> {
        let head = &arrived.head;
        let path = self.admit(head)?;
        if let Some(document) = Document::at(path) {
            self.count(arrived.client.address)?;
            return Ok(self.shared.documents.answer(head, document).await?);
        }
        let (number, route) = routes::find(path).ok_or(GatewayError::NoSuchRoute)?;
        record.set_route(number);
        let target = target(&head.uri, path)?;
        self.limit(head, arrived.client.address, route).await?;
        let service = route.service;
        let place = self.shared.in_flight.enter(service);
        let place = place.ok_or(GatewayError::Full { service })?;
        let passage = passage(arrived, target, route)?;
        let Answer {
            response,
            borrowed,
            lease,
        } = self.forwarder.forward(passage).await?;
        record.hold(place, lease);
        let (mut head, body) = response.into_parts();
        headers::for_client(&mut head.headers);
        let mut answer = Response::new(Content::passed(body, borrowed));
        *answer.status_mut() = head.status;
        *answer.headers_mut() = head.headers;
        Ok(answer)
    }

    fn admit<'h>(&self, head: &'h Parts) -> Result<&'h str, GatewayError> {
        let path = admit(head)?;
        // HTTP/1.0 may leave it out; `framing` sees to it that there is not more than one.
        match head.headers.get(HOST) {
            Some(host) if !self.shared.hosts.include(host.as_bytes()) => Err(GatewayError::WrongHost),
            Some(_) | None => Ok(path),
        }
    }

    /// Counts a request of its address.
    fn count(&self, address: IpAddr) -> Result<(), GatewayError> {
        let counted = self
            .shared
            .limiter
            .count(Rule::Address, Subject::address(address));
        counted.map_err(|wait| GatewayError::TooMany { wait })
    }

    /// Addresses first, so that guessing tokens is limited too; then who the token names.
    async fn limit(&self, head: &Parts, address: IpAddr, route: &Route) -> Result<(), Refused> {
        let limiter = &self.shared.limiter;
        let too_many = |wait| Refused::from(GatewayError::TooMany { wait });
        let from = Subject::address(address);
        if route.is_counted {
            limiter.count(Rule::Address, from).map_err(too_many)?;
        }
        let user = self.gatekeeper.check(&head.headers, route.access).await?;
        let user = user.map(Subject::User);
        if let Some(user) = user {
            limiter.count(Rule::User, user).map_err(too_many)?;
        }
        if let Some(rule) = route.rule_for(&head.method) {
            let subject = user.unwrap_or(from);
            limiter.count_with_all(rule, subject).await.map_err(too_many)?;
        }
        Ok(())
    }
}

/// Answers any request at all.
pub async fn answer(
    edge: Rc<Edge>,
    connection: Rc<Connection>,
    request: Request<Incoming>,
) -> Result<Response<Download>, Infallible> {
    let number = connection.begin_request();
    let (head, body) = request.into_parts();
    let client = edge.shared.proxies.client(connection.peer, &head.headers);
    let traced = Traced::of(&head.headers);
    let reader = Reader::of(&head.headers);
    let mut record = Record::begin(&edge.log, head.method.clone(), client.address, traced.id.clone());
    let mut answer = match Cors::preflight(&head.method) {
        Some(preflight) => preflight,
        None => {
            let arrived = Arrived {
                head,
                body,
                client,
                traced: &traced,
                connection,
                number,
            };
            let passed = edge.pass(arrived, &mut record).await;
            passed.unwrap_or_else(|refused| reader.write(&refused))
        }
    };
    headers::mark(answer.headers_mut(), client, &traced);
    edge.shared.cors.mark(reader.origin, answer.headers_mut());
    record.set_status(answer.status());
    Ok(answer.map(|content| Download::new(content, record)))
}

/// Path and query; the query byte for byte.
fn target(uri: &Uri, path: &str) -> Result<Uri, GatewayError> {
    if uri.path().len() == path.len() {
        return Ok(uri.clone());
    }
    let malformed = |error: http::uri::InvalidUri| GatewayError::Malformed(error.into());
    let target = match uri.query() {
        Some(query) => PathAndQuery::from_maybe_shared(format!("{path}?{query}")).map_err(malformed)?,
        None => PathAndQuery::try_from(path).map_err(malformed)?,
    };
    Ok(target.into())
}

fn passage(arrived: Arrived<'_>, target: Uri, route: &'static Route) -> Result<Passage, GatewayError> {
    let Arrived {
        mut head,
        body,
        client,
        traced,
        connection,
        number,
    } = arrived;
    let (upload, state) = Upload::open(&head.headers, body, route.body_limit, connection, number)?;
    headers::for_service(&mut head.headers, client, traced, route.time_limit);
    Ok(Passage {
        method: head.method,
        target,
        headers: head.headers,
        upload,
        state,
        route,
    })
}

impl Reader {
    fn of(headers: &HeaderMap) -> Self {
        let header = |name| headers.get(name).cloned();
        Self {
            origin: headers.get(ORIGIN).cloned(),
            accept: header(ACCEPT),
            language: header(ACCEPT_LANGUAGE),
        }
    }

    fn write(&self, refused: &Refused) -> Response<Content> {
        let text = |header: &Option<HeaderValue>| {
            let text = header.as_ref().and_then(|value| value.to_str().ok());
            text.unwrap_or_default().to_owned()
        };
        let written = refused
            .failure
            .written(&text(&self.accept), &text(&self.language));
        let mut answer = Response::new(Content::own(written.body));
        *answer.status_mut() =
            StatusCode::from_u16(written.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let status = answer.status();
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(written.content_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = refused.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            // The rest of the body is not waited for.
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        answer
    }
}

/// Counts a connection that was ended with this word before a request could be made out.
pub fn count_refused(code: ErrorCode) {
    metrics::counter!("http_requests_total", "service" => "gateway", "route" => "none", "code" => code.code.to_string())
        .increment(1);
}
