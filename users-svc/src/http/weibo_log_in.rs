//! `GET /v1/users/weibo/users?code=&state=`: come back from Weibo (contract U15).

use actix_web::{HttpRequest, HttpResponse, Responder, web};
use common::error_reply::Failure;
use common::reply;
use serde::Deserialize;

use super::session_view::session_reply;
use crate::domain::client::Client;
use crate::flows;
use crate::flows::weibo_log_in::{WeiboOutcome, WeiboReturn};
use crate::state::AppState;

/// The page forwards what it was opened with: after a refusal there is no code.
#[derive(Deserialize)]
pub struct Request {
    code: Option<String>,
    state: Option<String>,
}

pub async fn weibo_log_in(
    state: web::Data<AppState>,
    client: Client,
    query: web::Query<Request>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let Request { code, state: ours } = query.into_inner();
    let back = WeiboReturn {
        code,
        state: ours,
        client,
    };
    let outcome = flows::weibo_log_in::weibo_log_in(&state, back).await?;
    Ok(match outcome {
        WeiboOutcome::Known(session) => session_reply(session).respond_to(&request),
        // The page shows its form, and sends the ticket back as what it takes for Weibo's id.
        WeiboOutcome::Unbound { ticket } => reply::bare(201).with("uid", ticket).respond_to(&request),
    })
}
