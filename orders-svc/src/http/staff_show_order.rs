//! `GET /v1/staff/orders/{order_id}`: anybody's order, with all that happened to it and who did it.

use actix_web::{Responder, web};
use common::clock::shop_text;
use common::contracts::ids::OrderId;
use common::error_reply::Failure;
use common::identity::Staff;
use common::reply;
use serde::Serialize;

use super::order_view::OrderView;
use super::refund_view::RefundView;
use super::show_order::MoreView;
use super::staff_order_view::StaffOrderView;
use crate::domain::timeline::Happening;
use crate::flows;
use crate::flows::show_order::ShownOrder;
use crate::state::AppState;

/// Handles it.
pub async fn staff_show_order(
    state: web::Data<AppState>,
    _staff: Staff,
    id: web::Path<OrderId>,
) -> Result<impl Responder, Failure> {
    let shown = flows::show_order::any_order(&state, &id).await?;
    Ok(reply::ok(StaffShownView::from(shown)).with("base_url", state.media_url.as_str()))
}

#[derive(Serialize)]
struct StaffShownView {
    order: StaffOrderView,
    /// What its buyer sees, lines included.
    shown: OrderView,
    more: MoreView,
    refunds: Vec<RefundView>,
    timeline: Vec<HappeningView>,
}

#[derive(Serialize)]
struct HappeningView {
    at: String,
    from: i16,
    to: i16,
    cause: String,
    actor: String,
    detail: Option<String>,
}

impl From<ShownOrder> for StaffShownView {
    fn from(shown: ShownOrder) -> Self {
        Self {
            order: StaffOrderView::from(shown.listed.order.clone()),
            more: MoreView::from(&shown.listed.order),
            shown: OrderView::from(shown.listed),
            refunds: shown.refunds.into_iter().map(RefundView::from).collect(),
            timeline: shown.history.into_iter().map(HappeningView::from).collect(),
        }
    }
}

impl From<Happening> for HappeningView {
    fn from(happening: Happening) -> Self {
        Self {
            at: shop_text(happening.at),
            from: happening.from.number(),
            to: happening.to.number(),
            cause: happening.cause,
            actor: happening.actor,
            detail: happening.detail,
        }
    }
}
