//! `GET /internal/carts/{user_id}`: what a checkout needs to know of a cart, for other services.

use actix_web::{Responder, web};
use common::contracts::ids::UserId;
use common::error_reply::Failure;
use common::identity::ServiceCaller;

use crate::flows;
use crate::state::AppState;

pub async fn internal_get_cart(
    state: web::Data<AppState>,
    _caller: ServiceCaller,
    user: web::Path<i64>,
) -> Result<impl Responder, Failure> {
    let cart = flows::get_cart::get_cart(&state, UserId(*user)).await?;
    Ok(web::Json(cart))
}
