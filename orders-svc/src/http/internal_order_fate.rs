//! `GET /internal/orders/{order_id}/fate`: what became of an order, for who holds its stock.

use actix_web::{Responder, web};
use common::contracts::ids::OrderId;
use common::contracts::internal_apis::orders::OrderFate;
use common::error_reply::Failure;
use common::identity::ServiceCaller;

use crate::domain::order_state::OrderStatus;
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::orders;

/// Handles it.
pub async fn internal_order_fate(
    state: web::Data<AppState>,
    _caller: ServiceCaller,
    order_id: web::Path<OrderId>,
) -> Result<impl Responder, Failure> {
    let order = orders::find(state.db.reader(), &order_id)
        .await
        .map_err(OrderError::from)?;
    Ok(web::Json(
        order.map_or(OrderFate::Unknown, |order| fate(order.status)),
    ))
}

fn fate(status: OrderStatus) -> OrderFate {
    match status {
        OrderStatus::Creating | OrderStatus::Pending => OrderFate::Open,
        // A refund returns money; what becomes of the parcel's pieces is decided when they are back on the shelf.
        OrderStatus::Paid
        | OrderStatus::Shipped
        | OrderStatus::Done
        | OrderStatus::Refunding
        | OrderStatus::Refunded => OrderFate::Paid,
        OrderStatus::Cancelled | OrderStatus::Failed => OrderFate::Dead,
    }
}
