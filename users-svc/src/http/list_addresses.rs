//! `GET /v1/users/{username}/address`: the addresses of the caller (contract U5).

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::identity::Owner;
use common::reply;
use serde_json::{Value, json};

use crate::domain::address::Rank;
use crate::error::UserError;
use crate::state::AppState;
use crate::store::addresses::{self, Address};

/// The list stands in `addresslist`, not in `data`.
pub async fn list_addresses(
    state: web::Data<AppState>,
    Owner(caller): Owner,
) -> Result<impl Responder, Failure> {
    let addresses = addresses::list(state.db.reader(), caller.user_id)
        .await
        .map_err(UserError::from)?;
    let views: Vec<Value> = addresses.into_iter().map(Value::from).collect();
    Ok(reply::bare(200).with("addresslist", views))
}

impl From<Address> for Value {
    fn from(address: Address) -> Self {
        json!({
            "id": address.id,
            "address": address.address,
            "receiver": address.receiver,
            "receiver_mobile": address.mobile,
            "tag": address.tag,
            "postcode": address.postcode,
            "is_default": address.rank == Rank::Default,
        })
    }
}
