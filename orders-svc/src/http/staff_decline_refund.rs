//! `POST /v1/staff/orders/{order_id}/refunds/{refund_no}/decline`: the buyer gets nothing, and is told why.

use actix_web::{Responder, web};
use common::contracts::ids::OrderId;
use common::error_reply::Failure;
use common::identity::Staff;
use common::json::Body;
use common::reply;
use serde::Deserialize;

use super::words::words;
use crate::flows;
use crate::state::AppState;

/// Longest reason, in letters.
const MAX_REASON: usize = 200;

/// Why.
#[derive(Deserialize)]
pub struct Refusal {
    reason: String,
}

/// Handles it.
pub async fn staff_decline_refund(
    state: web::Data<AppState>,
    Staff(staff): Staff,
    path: web::Path<(OrderId, String)>,
    Body(body): Body<Refusal>,
) -> Result<impl Responder, Failure> {
    let (id, refund_no) = path.into_inner();
    let reason = words(&body.reason, MAX_REASON, "reason has no or too many letters")?;
    let which = (&id, refund_no.as_str());
    flows::refund_order::decline_refund(&state, staff.user_id, which, &reason).await?;
    Ok(reply::bare(200))
}
