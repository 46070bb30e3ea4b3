//! `PUT /internal/carts/{user_id}/taken/{order_id}/restore`: put the lines of an order back, for orders-svc.

use actix_web::{Responder, web};
use common::contracts::ids::{OrderId, UserId};
use common::error_reply::Failure;
use common::identity::ServiceCaller;

use crate::flows;
use crate::state::AppState;

pub async fn internal_restore_lines(
    state: web::Data<AppState>,
    _caller: ServiceCaller,
    path: web::Path<(i64, OrderId)>,
) -> Result<impl Responder, Failure> {
    let (user, order) = path.into_inner();
    flows::restore_lines::restore_lines(&state, UserId(user), &order).await?;
    Ok(web::Json(()))
}
