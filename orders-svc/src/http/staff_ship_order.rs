//! `POST /v1/staff/orders/{order_id}/ship`: the parcel has left, with this carrier under this number.

use actix_web::{Responder, web};
use common::contracts::ids::OrderId;
use common::error_reply::Failure;
use common::identity::Staff;
use common::json::{Body, TextLike};
use common::reply;
use serde::Deserialize;

use super::words::words;
use crate::domain::order::Parcel;
use crate::error::OrderError;
use crate::flows;
use crate::state::AppState;

/// Longest name of a carrier, in letters.
const MAX_CARRIER: usize = 40;
/// Longest tracking number.
const MAX_TRACKING_NO: usize = 64;

/// The parcel.
#[derive(Deserialize)]
pub struct ShipOrder {
    carrier: String,
    tracking_no: TextLike,
}

/// Handles it.
pub async fn staff_ship_order(
    state: web::Data<AppState>,
    Staff(staff): Staff,
    id: web::Path<OrderId>,
    Body(body): Body<ShipOrder>,
) -> Result<impl Responder, Failure> {
    flows::ship_order::ship_order(&state, staff.user_id, &id, &body.try_into()?).await?;
    Ok(reply::bare(200))
}

impl TryFrom<ShipOrder> for Parcel {
    type Error = OrderError;

    fn try_from(order: ShipOrder) -> Result<Self, OrderError> {
        let refusal = "tracking_no is not 4 to 64 letters, digits and hyphens";
        let tracking_no = words(&order.tracking_no.0, MAX_TRACKING_NO, refusal)?;
        let is_number = tracking_no.len() >= 4
            && tracking_no
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !is_number {
            return Err(OrderError::Invalid(refusal));
        }
        Ok(Self {
            carrier: words(&order.carrier, MAX_CARRIER, "carrier has no or too many letters")?,
            tracking_no,
        })
    }
}
