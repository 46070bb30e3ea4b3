//! `DELETE /v1/carts/{username}`: take a line out of the cart (contract C4).

use actix_web::{Responder, web};
use common::contracts::ids::SkuId;
use common::error_reply::Failure;
use common::identity::Owner;
use common::json::{Body, IntLike};
use common::reply;
use serde::Deserialize;

use super::CountView;
use crate::flows;
use crate::state::AppState;

#[derive(Deserialize)]
pub struct Request {
    sku_id: IntLike,
}

pub async fn remove_from_cart(
    state: web::Data<AppState>,
    Owner(caller): Owner,
    Body(request): Body<Request>,
) -> Result<impl Responder, Failure> {
    let sku = SkuId(request.sku_id.0);
    let carts_count = flows::remove_from_cart::remove_from_cart(&state, caller.user_id, sku).await?;
    Ok(reply::ok(CountView { carts_count }).with("base_url", state.media_url.as_str()))
}
