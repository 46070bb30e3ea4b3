//! `GET /v1/orders/result/` (contract O6): whether the order is paid that its buyer comes back from the cashier with.
//!
//! The query is the cashier's return address and proves nothing; only the id is read from it. The page claims success
//! at every code but 50105, so every failure is 50105.

use actix_web::{Responder, web};
use common::contracts::ids::OrderId;
use common::error_reply::{Failure, ServiceError};
use common::identity::Caller;
use common::money::Fen;
use common::reply;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::domain::order::Order;
use crate::error::OrderError;
use crate::error_codes::NOT_PAID;
use crate::flows;
use crate::state::AppState;

/// The part of the query that is looked at.
#[derive(Deserialize)]
pub struct ResultQuery {
    out_trade_no: Option<OrderId>,
}

#[derive(Serialize)]
struct ResultView {
    order_id: OrderId,
    total_amount: Fen,
}

/// Handles it.
pub async fn payment_result(
    state: web::Data<AppState>,
    buyer: Caller,
    query: Result<web::Query<ResultQuery>, actix_web::Error>,
) -> Result<impl Responder, Failure> {
    let id = query.ok().and_then(|query| query.into_inner().out_trade_no);
    let Some(id) = id else {
        return Err(not_paid(None, None).because(OrderError::NotPaid));
    };
    match flows::payment_result::payment_result(&state, buyer.user_id, &id).await {
        Ok(Some(order)) if order.status.is_paid() => Ok(reply::ok(ResultView {
            order_id: order.id,
            total_amount: order.totals.amount,
        })),
        Ok(order) => Err(not_paid(Some(id), order).because(OrderError::NotPaid)),
        Err(error) => Err(unknown(id, error)),
    }
}

/// The page must not claim success, but operators must know that it was our fault.
fn unknown(id: OrderId, error: OrderError) -> Failure {
    if error.code().status >= 500 {
        tracing::error!(order.id = %id, ?error, "payment result of order {id} unknown");
    }
    not_paid(Some(id), None).because(error)
}

fn not_paid(id: Option<OrderId>, order: Option<Order>) -> Failure {
    let order_id = id.map(String::from).unwrap_or_default();
    let total_amount = order.map_or(Fen::ZERO, |order| order.totals.amount);
    Failure::of(NOT_PAID).with(
        "data",
        json!({"order_id": order_id, "total_amount": total_amount}),
    )
}
