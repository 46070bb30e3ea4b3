//! `POST /v1/staff/orders/{order_id}/refunds/{refund_no}/approve`: the buyer gets what they asked for, or `amount`.

use actix_web::{Responder, web};
use common::contracts::ids::OrderId;
use common::error_reply::Failure;
use common::identity::Staff;
use common::json::{Body, TextLike};
use common::reply;
use serde::Deserialize;

use super::refund_view::RefundView;
use super::words::amount;
use crate::flows;
use crate::state::AppState;

/// May be empty: `{}`.
#[derive(Deserialize)]
pub struct Approval {
    amount: Option<TextLike>,
}

/// Handles it.
pub async fn staff_approve_refund(
    state: web::Data<AppState>,
    Staff(staff): Staff,
    path: web::Path<(OrderId, String)>,
    Body(body): Body<Approval>,
) -> Result<impl Responder, Failure> {
    let (id, refund_no) = path.into_inner();
    let amount = amount(body.amount.as_ref())?;
    let which = (&id, refund_no.as_str());
    let refund = flows::refund_order::approve_refund(&state, staff.user_id, which, amount).await?;
    Ok(reply::ok(RefundView::from(refund)))
}
