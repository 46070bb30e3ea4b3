//! `GET /internal/users/{user_id}/addresses`: a user's addresses, for other services.

use actix_web::{Responder, web};
use common::contracts::ids::UserId;
use common::contracts::internal_apis::users;
use common::error_reply::Failure;
use common::identity::ServiceCaller;

use crate::error::UserError;
use crate::state::AppState;
use crate::store::addresses::{self, Address};

pub async fn internal_list_addresses(
    state: web::Data<AppState>,
    _caller: ServiceCaller,
    user: web::Path<i64>,
) -> Result<impl Responder, Failure> {
    let addresses = addresses::list(state.db.reader(), UserId(*user))
        .await
        .map_err(UserError::from)?;
    let views: Vec<users::Address> = addresses.into_iter().map(users::Address::from).collect();
    Ok(web::Json(views))
}

impl From<Address> for users::Address {
    fn from(address: Address) -> Self {
        Self {
            id: address.id,
            receiver: address.receiver,
            mobile: address.mobile,
            address: address.address,
            tag: address.tag,
        }
    }
}
