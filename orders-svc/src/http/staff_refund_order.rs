//! `POST /v1/staff/orders/{order_id}/refunds`: staff give an order's money back, all that is left or `amount` of it.

use actix_web::{Responder, web};
use common::contracts::ids::OrderId;
use common::error_reply::Failure;
use common::identity::Staff;
use common::json::Body;
use common::reply;

use super::refund_view::RefundView;
use super::request_refund::RefundRequest;
use crate::flows;
use crate::state::AppState;

/// Handles it.
pub async fn staff_refund_order(
    state: web::Data<AppState>,
    Staff(staff): Staff,
    id: web::Path<OrderId>,
    Body(body): Body<RefundRequest>,
) -> Result<impl Responder, Failure> {
    let refund = flows::refund_order::refund_order(&state, staff.user_id, &id, body.try_into()?).await?;
    Ok(reply::ok(RefundView::from(refund)))
}
