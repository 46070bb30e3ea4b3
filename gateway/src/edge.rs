//! The way of every request: preflight, admission, route, token, service; and what every answer carries.

use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{CONNECTION, HeaderMap, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use common::error_reply::{self, Failure};
use common::trace;
use http::Response;
use hyper::body::Incoming;

use crate::access_log::Record;
use crate::admission::admit;
use crate::auth;
use crate::cors::Cors;
use crate::download::{Content, Download};
use crate::error::GatewayError;
use crate::forward::{Forwarder, Passage};
use crate::headers;
use crate::routes;
use crate::upstreams::Upstreams;

/// Carries the id by which a request is found in all logs.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What one worker thread answers with.
pub struct Edge {
    cors: Cors,
    forwarder: Forwarder,
}

impl Edge {
    /// For the thread it is made in.
    pub fn new(cors: Cors, upstreams: Arc<Upstreams>) -> Self {
        Self {
            cors,
            forwarder: Forwarder::new(upstreams),
        }
    }
}

/// Answers any request at all.
pub async fn answer(
    request: HttpRequest,
    payload: web::Payload,
    edge: web::Data<Edge>,
) -> HttpResponse<Download> {
    let parent = request
        .headers()
        .get(trace::HEADER)
        .and_then(|value| value.to_str().ok());
    let traceparent = trace::child(parent.unwrap_or_default());
    let trace_id = trace::trace_id(&traceparent).unwrap_or_default();
    let mut record = Record::begin(&request, trace_id.to_owned());
    let mut response = match edge.cors.preflight(&request) {
        Some(preflight) => preflight.map_body(|_, body| Content::Own(body)),
        None => pass(&request, payload, &edge, &traceparent, &mut record)
            .await
            .unwrap_or_else(|failure| refused(&request, &failure)),
    };
    edge.cors.mark(&request, response.headers_mut());
    mark(response.headers_mut(), trace_id);
    record.set_status(response.status());
    response.map_body(|_, content| Download::new(content, record))
}

async fn pass(
    request: &HttpRequest,
    payload: web::Payload,
    edge: &Edge,
    traceparent: &str,
    record: &mut Record,
) -> Result<HttpResponse<Content>, Failure> {
    let path = admit(request)?;
    let route = routes::find(path).ok_or(GatewayError::NoSuchRoute)?;
    record.set_route(route.pattern);
    auth::check(request, route.access).await?;
    let passage = Passage {
        request,
        path,
        route,
        traceparent,
    };
    let answer = edge.forwarder.forward(passage, payload).await?;
    Ok(passed(passage, answer))
}

fn passed(passage: Passage<'_>, answer: Response<Incoming>) -> HttpResponse<Content> {
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = HttpResponse::new(status);
    headers::to_client(answer.headers(), response.headers_mut());
    response.map_body(|_, _| Content::passed(&passage.method().unwrap_or_default(), answer))
}

fn refused(request: &HttpRequest, failure: &Failure) -> HttpResponse<Content> {
    let response = ServiceResponse::new(request.clone(), failure.error_response());
    let mut response: HttpResponse<BoxBody> = error_reply::localise(response).map_into_boxed_body().into();
    if matches!(
        response.status(),
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT
    ) {
        // The rest of the body is not waited for.
        response
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response.map_body(|_, body| Content::Own(body))
}

fn mark(headers: &mut HeaderMap, trace_id: &str) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.remove(header::SERVER);
    if let Ok(id) = HeaderValue::from_str(trace_id) {
        headers.insert(REQUEST_ID, id);
    }
}
