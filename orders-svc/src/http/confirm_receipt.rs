//! `PUT /v1/orders/{username}` (contract O5): the buyer has the parcel.

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::identity::Owner;
use common::json::Body;
use common::reply;
use serde::Deserialize;
use serde_json::Value;

use crate::domain::receipt_match::NamedOrder;
use crate::error::OrderError;
use crate::flows;
use crate::state::AppState;

/// Pages send the id as a number, which may have lost its last digits on the way (contract §6.1).
#[derive(Deserialize)]
pub struct ConfirmReceipt {
    order_id: Value,
}

/// Handles it.
pub async fn confirm_receipt(
    state: web::Data<AppState>,
    Owner(buyer): Owner,
    Body(body): Body<ConfirmReceipt>,
) -> Result<impl Responder, Failure> {
    let named =
        NamedOrder::from_json(&body.order_id).ok_or(OrderError::Invalid("order_id names no order"))?;
    flows::confirm_receipt::confirm_receipt(&state, buyer.user_id, &named).await?;
    Ok(reply::bare(200))
}
