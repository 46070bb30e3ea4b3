//! `POST /v1/orders/{username}/{order_id}/refund`: the buyer wants money back. While the parcel has not left, all of it
//! goes back at once; afterwards staff decide.

use actix_web::{Responder, web};
use common::contracts::ids::OrderId;
use common::error_reply::Failure;
use common::identity::Owner;
use common::json::{Body, TextLike};
use common::reply;
use serde::Deserialize;

use super::refund_view::RefundView;
use super::words::{amount, words};
use crate::error::OrderError;
use crate::flows;
use crate::flows::request_refund::RefundWish;
use crate::state::AppState;

/// Longest reason, in letters.
const MAX_REASON: usize = 200;

/// What is asked for; without `amount` all that is left. Staff send the same.
#[derive(Deserialize)]
pub struct RefundRequest {
    amount: Option<TextLike>,
    reason: String,
}

/// Handles it.
pub async fn request_refund(
    state: web::Data<AppState>,
    Owner(buyer): Owner,
    path: web::Path<(String, OrderId)>,
    Body(body): Body<RefundRequest>,
) -> Result<impl Responder, Failure> {
    let (_, id) = path.into_inner();
    let refund = flows::request_refund::request_refund(&state, buyer.user_id, &id, body.try_into()?).await?;
    Ok(reply::ok(RefundView::from(refund)))
}

impl TryFrom<RefundRequest> for RefundWish {
    type Error = OrderError;

    fn try_from(request: RefundRequest) -> Result<Self, OrderError> {
        Ok(Self {
            amount: amount(request.amount.as_ref())?,
            words: words(
                &request.reason,
                MAX_REASON,
                "reason has no or too many letters, or markup",
            )?,
        })
    }
}
