//! PUT /internal/reservations/{order_id} — takes stock for an order.

use actix_web::{Responder, web};
use common::contracts::ids::OrderId;
use common::contracts::internal_apis::goods::Reserve;
use common::error_reply::Failure;
use common::identity::ServiceCaller;
use common::json::Body;

use crate::domain::reservation::{StockLine, StockLines};
use crate::error::GoodsError;
use crate::flows::reserve_stock::{ReserveRequest, reserve_stock};
use crate::state::AppState;

pub(crate) async fn handle(
    _caller: ServiceCaller,
    state: web::Data<AppState>,
    order_id: web::Path<OrderId>,
    body: Body<Reserve>,
) -> Result<impl Responder, Failure> {
    let request = reserve_request(order_id.into_inner(), body.0)?;
    Ok(web::Json(reserve_stock(&state, request).await?))
}

fn reserve_request(order_id: OrderId, body: Reserve) -> Result<ReserveRequest, GoodsError> {
    let lines = body.lines.iter().map(|line| StockLine {
        sku_id: line.sku_id,
        count: line.count,
    });
    Ok(ReserveRequest {
        order_id,
        lines: StockLines::new(lines.collect())?,
        hold_until: body.hold_until,
    })
}
