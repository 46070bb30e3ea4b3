//! `PUT /v1/carts/{username}`: one piece more or less, ticks (contract C3).

use actix_web::{Responder, web};
use common::contracts::ids::SkuId;
use common::error_reply::Failure;
use common::identity::Owner;
use common::json::{Body, IntLike};
use serde::Deserialize;

use super::cart_view::cart_reply;
use super::sku_id;
use crate::domain::cart::{Tick, Which};
use crate::error::CartError;
use crate::flows;
use crate::flows::change_cart::Change;
use crate::state::AppState;

/// What the pages send. The `count` that some send along is the figure after the click, or a step: it says nothing new.
#[derive(Deserialize)]
pub struct Request {
    state: String,
    sku_id: Option<SkuIds>,
}

/// One SKU, or a list of them beside `selectall` and `unselectall` in the oldest pages.
#[derive(Deserialize)]
#[serde(untagged)]
enum SkuIds {
    One(IntLike),
    Several(Vec<IntLike>),
}

pub async fn change_cart(
    state: web::Data<AppState>,
    Owner(caller): Owner,
    Body(request): Body<Request>,
) -> Result<impl Responder, Failure> {
    let change = Change::try_from(request)?;
    let lines = flows::change_cart::change_cart(&state, caller.user_id, change).await?;
    Ok(cart_reply(lines, &state.media_url))
}

impl TryFrom<Request> for Change {
    type Error = CartError;

    fn try_from(request: Request) -> Result<Self, CartError> {
        match request.state.as_str() {
            "add" => Ok(Self::StepUp(one(request.sku_id)?)),
            "del" => Ok(Self::StepDown(one(request.sku_id)?)),
            "select" => Ok(Self::SetTick(one(request.sku_id)?, Tick::Selected)),
            "unselect" => Ok(Self::SetTick(one(request.sku_id)?, Tick::Unselected)),
            "selectall" => Ok(Self::SetTicks(several(request.sku_id), Tick::Selected)),
            "unselectall" => Ok(Self::SetTicks(several(request.sku_id), Tick::Unselected)),
            _ => Err(CartError::UnknownState),
        }
    }
}

fn one(ids: Option<SkuIds>) -> Result<SkuId, CartError> {
    match ids {
        Some(SkuIds::One(id)) => sku_id(id),
        Some(SkuIds::Several(_)) | None => Err(CartError::Parameter("sku_id")),
    }
}

fn several(ids: Option<SkuIds>) -> Which {
    match ids {
        Some(SkuIds::Several(ids)) => Which::These(ids.into_iter().map(|id| SkuId(id.0)).collect()),
        Some(SkuIds::One(_)) | None => Which::All,
    }
}
