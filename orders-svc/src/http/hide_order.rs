//! `POST /v1/orders/{username}/{order_id}/hide`: the buyer does not want to see an order any more that is over.

use actix_web::{Responder, web};
use common::contracts::ids::OrderId;
use common::error_reply::Failure;
use common::identity::Owner;
use common::reply;

use crate::flows;
use crate::state::AppState;

/// Handles it.
pub async fn hide_order(
    state: web::Data<AppState>,
    Owner(buyer): Owner,
    path: web::Path<(String, OrderId)>,
) -> Result<impl Responder, Failure> {
    let (_, id) = path.into_inner();
    flows::hide_order::hide_order(&state, buyer.user_id, &id).await?;
    Ok(reply::bare(200))
}
