//! `POST /v1/orders/{username}` (contract O2): places an order.

use actix_web::{Responder, web};
use common::contracts::ids::{AddressId, SkuId};
use common::error_reply::Failure;
use common::identity::Owner;
use common::json::{Body, IntLike};
use common::reply;
use serde::Deserialize;
use serde_json::Value;

use super::idempotency_key::IdempotencyKey;
use super::placed_order::PlacedOrderView;
use crate::domain::order::{WantedLine, checked_lines};
use crate::error::OrderError;
use crate::flows;
use crate::flows::place_order::{OrderRequest, Settlement};
use crate::state::AppState;

/// What pages send. Everything else is refused, above all prices and statuses of the client's making.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceOrder {
    address_id: IntLike,
    settlement_type: IntLike,
    sku_id: Option<Value>,
    buy_count: Option<Value>,
}

/// Handles it. The page alerts `errmsg`, so every failure carries it, also those of the extractors.
pub async fn place_order(
    state: web::Data<AppState>,
    owner: Result<Owner, Failure>,
    key: Result<IdempotencyKey, Failure>,
    body: Result<Body<PlaceOrder>, Failure>,
) -> Result<impl Responder, Failure> {
    let placed = async {
        let (Owner(buyer), Body(body)) = (owner?, body?);
        let request = OrderRequest {
            user_id: buyer.user_id,
            address_id: AddressId(body.address_id.0),
            settlement: body.settlement()?,
            key: key?.0,
        };
        Ok(flows::place_order::place_order(&state, &request).await?)
    };
    let placed: Result<_, Failure> = placed.await;
    let placed = placed.map_err(|failure| failure.message_also_as("errmsg"))?;
    Ok(reply::ok(PlacedOrderView::from(placed)))
}

impl PlaceOrder {
    fn settlement(&self) -> Result<Settlement, OrderError> {
        match self.settlement_type.0 {
            0 => Ok(Settlement::Cart),
            1 => buy_now(number(self.sku_id.as_ref())?, number(self.buy_count.as_ref())?),
            _ => Err(OrderError::Invalid("settlement_type is neither 0 nor 1")),
        }
    }
}

/// A purchase of one SKU past the cart.
pub(super) fn buy_now(sku_id: i64, count: i64) -> Result<Settlement, OrderError> {
    let line = WantedLine {
        sku_id: SkuId(sku_id),
        count,
    };
    checked_lines(vec![line])?;
    Ok(Settlement::BuyNow(line))
}

fn number(value: Option<&Value>) -> Result<i64, OrderError> {
    let number: Option<IntLike> = value.and_then(|value| IntLike::deserialize(value).ok());
    number.map(|number| number.0).ok_or(OrderError::Invalid(
        "sku_id or buy_count is missing or no integer",
    ))
}
