//! `POST /v1/carts/{username}`: put pieces of a SKU into the cart (contract C1).

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::identity::Owner;
use common::json::{Body, IntLike};
use common::reply;
use serde::Deserialize;

use super::{CountView, sku_id};
use crate::error::CartError;
use crate::flows;
use crate::state::AppState;

#[derive(Deserialize)]
pub struct Request {
    sku_id: IntLike,
    count: IntLike,
}

pub async fn add_to_cart(
    state: web::Data<AppState>,
    Owner(caller): Owner,
    Body(request): Body<Request>,
) -> Result<impl Responder, Failure> {
    let sku = sku_id(request.sku_id)?;
    let count = positive(request.count)?;
    let carts_count = flows::add_to_cart::add_to_cart(&state, caller.user_id, sku, count).await?;
    Ok(reply::ok(CountView { carts_count }).with("base_url", state.media_url.as_str()))
}

fn positive(count: IntLike) -> Result<i64, CartError> {
    if count.0 > 0 {
        Ok(count.0)
    } else {
        Err(CartError::Parameter("count"))
    }
}
