//! `POST /v1/orders/{username}/{order_id}/cancel`: the buyer does not want an unpaid order any more.

use actix_web::{Responder, web};
use common::contracts::ids::OrderId;
use common::error_reply::Failure;
use common::identity::Owner;
use common::reply;

use crate::flows;
use crate::state::AppState;

/// Handles it.
pub async fn cancel_order(
    state: web::Data<AppState>,
    Owner(buyer): Owner,
    path: web::Path<(String, OrderId)>,
) -> Result<impl Responder, Failure> {
    let (_, id) = path.into_inner();
    flows::cancel_order::cancel_order(&state, buyer.user_id, &id).await?;
    Ok(reply::bare(200))
}
