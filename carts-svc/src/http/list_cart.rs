//! `GET /v1/carts/{username}`: the cart (contract C2).

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::identity::Owner;

use super::cart_view::cart_reply;
use crate::flows;
use crate::state::AppState;

pub async fn list_cart(state: web::Data<AppState>, Owner(caller): Owner) -> Result<impl Responder, Failure> {
    let lines = flows::list_cart::list_cart(&state, caller.user_id).await?;
    Ok(cart_reply(lines, &state.media_url))
}
