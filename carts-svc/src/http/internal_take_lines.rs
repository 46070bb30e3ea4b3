//! `PUT /internal/carts/{user_id}/taken/{order_id}`: take lines out of the cart for an order, for orders-svc.

use actix_web::{Responder, web};
use common::contracts::ids::{OrderId, UserId};
use common::contracts::internal_apis::carts::TakeLines;
use common::error_reply::Failure;
use common::identity::ServiceCaller;
use common::json::Body;

use crate::flows;
use crate::state::AppState;

pub async fn internal_take_lines(
    state: web::Data<AppState>,
    _caller: ServiceCaller,
    path: web::Path<(i64, OrderId)>,
    Body(request): Body<TakeLines>,
) -> Result<impl Responder, Failure> {
    let (user, order) = path.into_inner();
    let outcome = flows::take_lines::take_lines(&state, UserId(user), &order, &request.lines).await?;
    Ok(web::Json(outcome))
}
