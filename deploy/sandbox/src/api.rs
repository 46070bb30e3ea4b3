//! The JSON that tests and operators use: what arrived, what the cashier's buttons do, switches and the clock.

use actix_web::HttpResponse;
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Json, Path, Query};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tracing::error;

use crate::alipay::cashier;
use crate::alipay::failure::Failure;
use crate::alipay::trade::{Trade, TradeStatus};
use crate::mail::Mail;
use crate::sms::Sms;
use crate::state::State;
use crate::switches::{SwitchChange, Switches};

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/sms", web::get().to(list_sms))
        .route("/mail", web::get().to(list_mail))
        .route("/alipay/trades/{out_trade_no}", web::get().to(show_trade))
        .route("/alipay/trades/{out_trade_no}/pay", web::post().to(pay))
        .route("/alipay/trades/{out_trade_no}/cancel", web::post().to(cancel))
        .route("/alipay/trades/{out_trade_no}/finish", web::post().to(finish))
        .route("/switches", web::get().to(show_switches))
        .route("/switches", web::put().to(turn_switches))
        .route("/clock", web::get().to(show_clock))
        .route("/clock", web::put().to(turn_clock));
}

#[derive(Deserialize)]
struct SmsFilter {
    phone: Option<String>,
}

async fn list_sms(filter: Query<SmsFilter>, state: Data<State>) -> Json<Vec<Sms>> {
    Json(
        state
            .sms
            .newest_first(|sms| filter.phone.as_ref().is_none_or(|phone| *phone == sms.phone)),
    )
}

#[derive(Deserialize)]
struct MailFilter {
    to: Option<String>,
}

async fn list_mail(filter: Query<MailFilter>, state: Data<State>) -> Json<Vec<Mail>> {
    let is_to = |mail: &Mail| {
        filter
            .to
            .as_ref()
            .is_none_or(|to| to.eq_ignore_ascii_case(&mail.to))
    };
    Json(state.mail.newest_first(is_to))
}

async fn show_trade(out_trade_no: Path<String>, state: Data<State>) -> HttpResponse {
    match state.trades.find(&out_trade_no) {
        Ok(trade) => HttpResponse::Ok().json(trade),
        Err(failure) => refused(&failure),
    }
}

/// Where a button left the trade, and where the browser would go.
#[derive(Serialize)]
struct ButtonAnswer {
    status: TradeStatus,
    return_url: Option<String>,
}

async fn pay(out_trade_no: Path<String>, state: Data<State>) -> HttpResponse {
    let paid = cashier::pay(&state, &out_trade_no);
    match paid.map(|trade| (trade.status, cashier::signed_return_url(&state, &trade))) {
        Ok((status, Ok(return_url))) => HttpResponse::Ok().json(ButtonAnswer { status, return_url }),
        Ok((_, Err(cause))) => internal_error(&cause),
        Err(failure) => refused(&failure),
    }
}

async fn cancel(out_trade_no: Path<String>, state: Data<State>) -> HttpResponse {
    button_answer(cashier::leave(&state, &out_trade_no))
}

/// The time for refunds is over: the trade becomes `TRADE_FINISHED`, and the merchant is notified.
async fn finish(out_trade_no: Path<String>, state: Data<State>) -> HttpResponse {
    let now = Utc::now();
    button_answer(
        state
            .trades
            .change(&out_trade_no, |trade| trade.finish(now))
            .map(|(trade, ())| trade),
    )
}

fn button_answer(result: Result<Trade, Failure>) -> HttpResponse {
    match result {
        Ok(Trade {
            status, return_url, ..
        }) => HttpResponse::Ok().json(ButtonAnswer { status, return_url }),
        Err(failure) => refused(&failure),
    }
}

async fn show_switches(state: Data<State>) -> Json<Switches> {
    Json(state.switches.now())
}

async fn turn_switches(change: Json<SwitchChange>, state: Data<State>) -> Json<Switches> {
    Json(state.switches.turn(change.into_inner()))
}

#[derive(Serialize)]
struct ClockView {
    now: DateTime<Utc>,
    advanced_seconds: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockChange {
    advance_seconds: u64,
}

async fn show_clock(state: Data<State>) -> Json<ClockView> {
    Json(ClockView {
        now: state.clock.now(),
        advanced_seconds: state.clock.advanced_seconds(),
    })
}

async fn turn_clock(change: Json<ClockChange>, state: Data<State>) -> HttpResponse {
    match state.clock.advance(change.advance_seconds) {
        Ok(()) => HttpResponse::Ok().json(show_clock(state).await),
        Err(cause) => internal_error(&cause.into()),
    }
}

/// 404 for a pay URL that was never opened, 409 for a button that no longer works.
fn refused(failure: &Failure) -> HttpResponse {
    let status = if *failure == Failure::TradeNotExist {
        StatusCode::NOT_FOUND
    } else if *failure == Failure::SystemError {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        StatusCode::CONFLICT
    };
    let (_, _, sub_code) = failure.codes();
    HttpResponse::build(status).json(json!({"error": sub_code, "message": failure.to_string()}))
}

/// 500 without the cause, which goes to the log.
pub(crate) fn internal_error(cause: &anyhow::Error) -> HttpResponse {
    error!(?cause, "sandbox failed: {cause}");
    HttpResponse::InternalServerError().json(json!({"error": "internal"}))
}

/// 400 for a query or body that is not what a route takes.
pub(crate) fn bad_request(cause: impl std::error::Error + 'static) -> actix_web::Error {
    let message = cause.to_string();
    let response = HttpResponse::BadRequest().json(json!({"error": "bad_request", "message": message}));
    InternalError::from_response(message, response).into()
}
