//! `GET /v1/orders/{username}?type=5&order_id=…` (contract O4): the way to pay an order that stands already.

use actix_web::{Responder, web};
use common::contracts::ids::OrderId;
use common::error_codes::shared::LOGIN_REQUIRED;
use common::error_reply::Failure;
use common::identity::Owner;
use common::reply;
use serde::Deserialize;
use serde_json::json;

use super::placed_order::PlacedOrderView;
use crate::error::OrderError;
use crate::flows;
use crate::state::AppState;

/// The query.
#[derive(Deserialize)]
pub struct PayQuery {
    order_id: Option<String>,
}

/// Handles it.
pub async fn pay_order(
    state: web::Data<AppState>,
    owner: Result<Owner, Failure>,
    query: web::Query<PayQuery>,
) -> Result<impl Responder, Failure> {
    let Owner(buyer) = owner.map_err(with_data)?;
    let id = query.order_id()?;
    let order = flows::pay_order::pay_order(&state, buyer.user_id, &id).await?;
    Ok(reply::ok(PlacedOrderView::from(order)))
}

/// The page looks into `data` before it looks at the code: without it, it never goes to the login page.
fn with_data(failure: Failure) -> Failure {
    if failure.code() == LOGIN_REQUIRED {
        failure.with("data", json!({}))
    } else {
        failure
    }
}

impl PayQuery {
    fn order_id(&self) -> Result<OrderId, OrderError> {
        match self.order_id.as_deref().unwrap_or_default().parse() {
            Ok(id) => Ok(id),
            Err(_not_an_id) => Err(OrderError::NotFoundToPay),
        }
    }
}
