//! `GET /v1/orders/{username}/{order_id}`: one order of the buyer, its parcel, its refunds and what happened to it.

use actix_web::{Responder, web};
use common::clock::shop_text;
use common::contracts::ids::OrderId;
use common::error_reply::Failure;
use common::identity::Owner;
use common::money::Fen;
use common::reply;
use serde::Serialize;

use super::order_view::OrderView;
use super::refund_view::RefundView;
use crate::domain::order::Order;
use crate::domain::order_state::{OrderAction, OrderStatus};
use crate::domain::timeline::Happening;
use crate::flows;
use crate::flows::show_order::ShownOrder;
use crate::state::AppState;

/// Handles it.
pub async fn show_order(
    state: web::Data<AppState>,
    Owner(buyer): Owner,
    path: web::Path<(String, OrderId)>,
) -> Result<impl Responder, Failure> {
    let (_, id) = path.into_inner();
    let shown = flows::show_order::own_order(&state, buyer.user_id, &id).await?;
    Ok(reply::ok(ShownView::from(shown)).with("base_url", state.media_url.as_str()))
}

#[derive(Serialize)]
struct ShownView {
    #[serde(flatten)]
    order: OrderView,
    #[serde(flatten)]
    more: MoreView,
    refunds: Vec<RefundView>,
    timeline: Vec<HappeningView>,
    /// What the buyer can do now: `pay`, `cancel`, `confirm`, `refund`, `hide`.
    actions: Vec<&'static str>,
}

/// What lists do not say of an order; also for staff.
#[derive(Serialize)]
pub(super) struct MoreView {
    pay_deadline: Option<String>,
    carrier: Option<String>,
    tracking_no: Option<String>,
    /// When a shipped order is done although its buyer says nothing.
    completes_at: Option<String>,
    /// What went back, or is on its way back.
    refunded_amount: Fen,
}

#[derive(Serialize)]
struct HappeningView {
    at: String,
    status: i16,
    zh: &'static str,
    en: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl From<ShownOrder> for ShownView {
    fn from(shown: ShownOrder) -> Self {
        Self {
            actions: actions(&shown.listed.order),
            more: MoreView::from(&shown.listed.order),
            order: OrderView::from(shown.listed),
            refunds: shown.refunds.into_iter().map(RefundView::from).collect(),
            timeline: shown.history.iter().filter_map(happening).collect(),
        }
    }
}

impl From<&Order> for MoreView {
    fn from(order: &Order) -> Self {
        let parcel = order.parcel.clone();
        Self {
            pay_deadline: order
                .pay_deadline
                .filter(|_| order.status == OrderStatus::Pending)
                .map(shop_text),
            carrier: parcel.as_ref().map(|parcel| parcel.carrier.clone()),
            tracking_no: parcel.map(|parcel| parcel.tracking_no),
            completes_at: order.complete_at.map(shop_text),
            refunded_amount: order.refunded,
        }
    }
}

fn happening(happening: &Happening) -> Option<HappeningView> {
    let friendly = happening.friendly()?;
    Some(HappeningView {
        at: shop_text(happening.at),
        status: happening.to.number(),
        zh: friendly.words.zh,
        en: friendly.words.en,
        detail: friendly.detail.map(str::to_owned),
    })
}

fn actions(order: &Order) -> Vec<&'static str> {
    let can = |action| order.status.apply(action).is_ok();
    let possible = [
        ("pay", can(OrderAction::Pay)),
        ("cancel", can(OrderAction::Cancel)),
        ("confirm", can(OrderAction::ConfirmReceipt)),
        ("refund", order.money().refund(None).is_ok()),
        ("hide", order.status.can_be_hidden()),
    ];
    let possible = possible.into_iter().filter(|(_, is_possible)| *is_possible);
    possible.map(|(action, _)| action).collect()
}
