//! `DELETE /v1/users/{username}/address/{id}`: delete an address (contract U8).

use actix_web::{Responder, web};
use common::contracts::ids::AddressId;
use common::error_reply::Failure;
use common::identity::Owner;
use common::reply;

use crate::flows;
use crate::state::AppState;

/// The body repeats name and id; those of the path count.
pub async fn delete_address(
    state: web::Data<AppState>,
    Owner(caller): Owner,
    path: web::Path<(String, i64)>,
) -> Result<impl Responder, Failure> {
    flows::delete_address::delete_address(&state, caller.user_id, AddressId(path.1)).await?;
    Ok(reply::ok("地址已删除"))
}
