//! `POST /v1/users/{username}/address`: add an address (contract U6).

use actix_web::{Responder, web};
use common::error_reply::Failure;
use common::identity::Owner;
use common::json::{Body, TextLike};
use common::reply;
use serde::Deserialize;

use crate::domain::address::{self, NewAddress};
use crate::domain::user::Phone;
use crate::error::UserError;
use crate::flows;
use crate::state::AppState;

/// The phone goes by another name here than in the other calls (contract §6.11): all are read.
#[derive(Deserialize)]
pub struct Request {
    receiver: String,
    #[serde(alias = "receiver_mobile", alias = "phone", alias = "mobile")]
    receiver_phone: TextLike,
    address: String,
    postcode: Option<TextLike>,
    tag: Option<String>,
}

pub async fn add_address(
    state: web::Data<AppState>,
    Owner(caller): Owner,
    Body(request): Body<Request>,
) -> Result<impl Responder, Failure> {
    let new = NewAddress::try_from(request)?;
    flows::add_address::add_address(&state, caller.user_id, new).await?;
    Ok(reply::ok("地址已新增"))
}

impl TryFrom<Request> for NewAddress {
    type Error = UserError;

    fn try_from(request: Request) -> Result<Self, UserError> {
        let postcode = request.postcode.map(|postcode| postcode.0).unwrap_or_default();
        Ok(Self {
            receiver: address::receiver(&request.receiver)?,
            address: address::address(&request.address)?,
            mobile: Phone::parse(&request.receiver_phone.0)?,
            postcode: address::postcode(&postcode)?,
            tag: address::tag(&request.tag.unwrap_or_default())?,
        })
    }
}
