//! `POST /v1/pays/notify_url`: Alipay's notify (contract P2). Answered in its own words, never in the envelope.

use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::notify_guard::sender;
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
    let (sender, now) = (sender(&request), state.clock.now());
    if !state.notify_guard.admits(sender, now) {
        return text(StatusCode::TOO_MANY_REQUESTS, FAIL);
    }
    let (status, answer) = answer(&state, &request, body).await;
    if answer == Answer::NotAlipays {
        state.notify_guard.count_failure(sender, now);
    }
    text(status, if answer == Answer::Accepted { SUCCESS } else { FAIL })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Accepted,
    /// Alipay's word, but it cannot be applied, or not now.
    Refused,
    NotAlipays,
}

async fn answer(
    state: &AppState,
    request: &HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> (StatusCode, Answer) {
    let body = match body {
        Ok(body) if request.query_string().is_empty() => body,
        Ok(_) => return (StatusCode::BAD_REQUEST, Answer::NotAlipays),
        Err(error) => return (error.as_response_error().status_code(), Answer::NotAlipays),
    };
    match flows::handle_notify::handle_notify(state, &body).await {
        Ok(()) => (StatusCode::OK, Answer::Accepted),
        Err(PayError::Database(_)) => (StatusCode::SERVICE_UNAVAILABLE, Answer::Refused),
        Err(PayError::Notify(_)) => (StatusCode::OK, Answer::NotAlipays),
        Err(_) => (StatusCode::OK, Answer::Refused),
    }
}

fn text(status: StatusCode, body: &'static str) -> HttpResponse {
    HttpResponse::build(status)
        .content_type(ContentType::plaintext())
        .body(body)
}
