//! `POST /v1/users/{username}/address/default`: choose the default address (contract U9).

use actix_web::{Responder, web};
use common::contracts::ids::AddressId;
use common::error_reply::Failure;
use common::identity::Owner;
use common::json::{Body, IntLike};
use common::reply;
use serde::Deserialize;

use crate::flows;
use crate::state::AppState;

#[derive(Deserialize)]
pub struct Request {
    id: IntLike,
}

pub async fn set_default_address(
    state: web::Data<AppState>,
    Owner(caller): Owner,
    Body(request): Body<Request>,
) -> Result<impl Responder, Failure> {
    let id = AddressId(request.id.0);
    flows::set_default_address::set_default_address(&state, caller.user_id, id).await?;
    Ok(reply::ok("默认地址已设置"))
}
