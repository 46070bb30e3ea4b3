//! PUT /internal/reservations/{order_id}/release — gives an order's stock back.

use actix_web::{Responder, web};
use common::contracts::ids::OrderId;
use common::error_reply::Failure;
use common::identity::ServiceCaller;

use crate::flows::release_stock::release_stock;
use crate::state::AppState;

pub(crate) async fn handle(
    _caller: ServiceCaller,
    state: web::Data<AppState>,
    order_id: web::Path<OrderId>,
) -> Result<impl Responder, Failure> {
    release_stock(&state, &order_id, None).await?;
    Ok(web::Json(()))
}
