//! `PUT /v1/users/{username}/address/{id}`: change an address (contract U7).

use actix_web::{Responder, web};
use common::contracts::ids::AddressId;
use common::error_reply::Failure;
use common::identity::Owner;
use common::json::{Body, TextLike};
use common::reply;
use serde::Deserialize;

use crate::domain::address::{self, AddressChange};
use crate::domain::user::Phone;
use crate::error::UserError;
use crate::flows;
use crate::state::AppState;

/// The page sends no postcode: the old one is kept, as is a tag that is not sent. The id of the path counts.
#[derive(Deserialize)]
pub struct Request {
    receiver: String,
    #[serde(alias = "receiver_phone", alias = "phone", alias = "mobile")]
    receiver_mobile: TextLike,
    address: String,
    postcode: Option<TextLike>,
    tag: Option<String>,
}

pub async fn change_address(
    state: web::Data<AppState>,
    Owner(caller): Owner,
    path: web::Path<(String, i64)>,
    Body(request): Body<Request>,
) -> Result<impl Responder, Failure> {
    let change = AddressChange::try_from(request)?;
    flows::change_address::change_address(&state, caller.user_id, AddressId(path.1), change).await?;
    Ok(reply::ok("地址已修改"))
}

impl TryFrom<Request> for AddressChange {
    type Error = UserError;

    fn try_from(request: Request) -> Result<Self, UserError> {
        let postcode = request.postcode.map(|postcode| address::postcode(&postcode.0));
        let tag = request.tag.map(|tag| address::tag(&tag));
        Ok(Self {
            receiver: address::receiver(&request.receiver)?,
            address: address::address(&request.address)?,
            mobile: Phone::parse(&request.receiver_mobile.0)?,
            postcode: postcode.transpose()?,
            tag: tag.transpose()?,
        })
    }
}
