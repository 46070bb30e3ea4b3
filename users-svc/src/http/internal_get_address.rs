//! `GET /internal/users/{user_id}/addresses/{address_id}`: one address of a user, or null, for other services.

use actix_web::{Responder, web};
use common::contracts::ids::{AddressId, UserId};
use common::contracts::internal_apis::users;
use common::error_reply::Failure;
use common::identity::ServiceCaller;

use crate::error::UserError;
use crate::state::AppState;
use crate::store::addresses;

pub async fn internal_get_address(
    state: web::Data<AppState>,
    _caller: ServiceCaller,
    path: web::Path<(i64, i64)>,
) -> Result<impl Responder, Failure> {
    let (user, id) = path.into_inner();
    let address = addresses::find(state.db.reader(), UserId(user), AddressId(id))
        .await
        .map_err(UserError::from)?;
    Ok(web::Json(address.map(users::Address::from)))
}
