//! `PUT /internal/carts/{user_id}/merge`: merge an offline cart, for users-svc.

use actix_web::{Responder, web};
use common::contracts::ids::UserId;
use common::contracts::internal_apis::carts::{CartsCount, MergeLines};
use common::error_reply::Failure;
use common::identity::ServiceCaller;
use common::json::Body;

use crate::flows;
use crate::state::AppState;

pub async fn internal_merge_cart(
    state: web::Data<AppState>,
    _caller: ServiceCaller,
    user: web::Path<i64>,
    Body(request): Body<MergeLines>,
) -> Result<impl Responder, Failure> {
    let carts_count = flows::merge_cart::merge_cart(&state, UserId(*user), &request.lines).await?;
    Ok(web::Json(CartsCount { carts_count }))
}
