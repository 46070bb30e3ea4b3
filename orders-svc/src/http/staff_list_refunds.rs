//! `GET /v1/staff/orders/refunds?status=asked`: refunds in one status, those that wait longest first.

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::identity::Staff;
use common::reply;
use serde::Deserialize;

use super::refund_view::RefundView;
use crate::domain::refund::RefundStatus;
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::refunds;

/// Refunds of one answer.
const LIMIT: u64 = 200;

/// The query; without a status those that wait for a decision.
#[derive(Deserialize)]
pub struct RefundsQuery {
    status: Option<String>,
}

/// Handles it.
pub async fn staff_list_refunds(
    state: web::Data<AppState>,
    _staff: Staff,
    query: web::Query<RefundsQuery>,
) -> Result<impl Responder, Failure> {
    let word = query.status.as_deref().unwrap_or("asked");
    let status = RefundStatus::from_word(word).ok_or(OrderError::Invalid("no such status of a refund"))?;
    let refunds = refunds::in_status(state.db.reader(), status, LIMIT)
        .await
        .map_err(OrderError::from)?;
    let views: Vec<RefundView> = refunds.into_iter().map(RefundView::from).collect();
    Ok(reply::ok(views))
}
