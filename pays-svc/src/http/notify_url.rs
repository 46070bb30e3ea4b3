//! `POST /v1/pays/notify_url`: Alipay's notify (contract P2). Answered in its own words, never in the envelope.

use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use crate::error::PayError;
use crate::flows;
use crate::state::AppState;

/// The seven bytes that end the repetitions.
const SUCCESS: &str = "success";
/// Any other text makes Alipay repeat it.
const FAIL: &str = "fail";

/// The form has to be the whole request: what a query string adds is signed by nobody.
pub(crate) async fn notify_url(
    state: Data<AppState>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let body = match body {
        Ok(body) if request.query_string().is_empty() => body,
        Ok(_) => return text(StatusCode::BAD_REQUEST, FAIL),
        Err(error) => return text(error.as_response_error().status_code(), FAIL),
    };
    match flows::handle_notify::handle_notify(&state, &body).await {
        Ok(()) => text(StatusCode::OK, SUCCESS),
        Err(PayError::Database(_)) => text(StatusCode::SERVICE_UNAVAILABLE, FAIL),
        Err(_) => text(StatusCode::OK, FAIL),
    }
}

fn text(status: StatusCode, body: &'static str) -> HttpResponse {
    HttpResponse::build(status)
        .content_type(ContentType::plaintext())
        .body(body)
}
