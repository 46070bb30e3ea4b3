//! `GET /v1/orders/{username}/advance` (contract O1): what the confirmation page shows.

use actix_web::{Responder, web};
use common::contracts::ids::{AddressId, SkuId};
use common::contracts::internal_apis::users::Address;
use common::error_reply::Failure;
use common::identity::Owner;
use common::json::parse_int;
use common::money::Fen;
use common::reply;
use serde::{Deserialize, Serialize};

use super::place_order::buy_now;
use crate::error::OrderError;
use crate::flows;
use crate::flows::advance::{Advance, OfferedLine};
use crate::flows::place_order::Settlement;
use crate::state::AppState;

/// The query.
#[derive(Deserialize)]
pub struct AdvanceQuery {
    settlement_type: Option<String>,
    sku_id: Option<String>,
    buy_num: Option<String>,
}

/// Handles it.
pub async fn advance(
    state: web::Data<AppState>,
    Owner(buyer): Owner,
    query: web::Query<AdvanceQuery>,
) -> Result<impl Responder, Failure> {
    let settlement = query.settlement()?;
    let advance = flows::advance::advance(&state, buyer.user_id, settlement).await?;
    Ok(reply::ok(AdvanceView::new(advance, settlement)).with("base_url", state.media_url.as_str()))
}

impl AdvanceQuery {
    fn settlement(&self) -> Result<Settlement, OrderError> {
        match self.settlement_type.as_deref() {
            Some("0") => Ok(Settlement::Cart),
            Some("1") => buy_now(number(self.sku_id.as_deref())?, number(self.buy_num.as_deref())?),
            Some(_) | None => Err(OrderError::Invalid("settlement_type is neither 0 nor 1")),
        }
    }
}

fn number(text: Option<&str>) -> Result<i64, OrderError> {
    text.and_then(parse_int)
        .ok_or(OrderError::Invalid("sku_id or buy_num is missing or no integer"))
}

#[derive(Serialize)]
struct AdvanceView {
    addresses: Vec<AddressView>,
    sku_list: Vec<LineView>,
    /// With `sku_id`, what the next page posts; zero when the cart is bought.
    buy_count: i64,
    sku_id: SkuId,
}

#[derive(Serialize)]
struct AddressView {
    id: AddressId,
    name: String,
    mobile: String,
    title: String,
    address: String,
}

/// A line as the cart shows it (contract C2).
#[derive(Serialize)]
struct LineView {
    id: SkuId,
    name: String,
    count: i64,
    selected: u8,
    default_image_url: String,
    price: Fen,
    sku_sale_attr_name: Vec<String>,
    sku_sale_attr_val: Vec<String>,
}

impl AdvanceView {
    fn new(advance: Advance, settlement: Settlement) -> Self {
        let (sku_id, buy_count) = match settlement {
            Settlement::Cart => (SkuId(0), 0),
            Settlement::BuyNow(line) => (line.sku_id, line.count),
        };
        Self {
            addresses: advance.addresses.into_iter().map(AddressView::from).collect(),
            sku_list: advance.lines.into_iter().map(LineView::from).collect(),
            buy_count,
            sku_id,
        }
    }
}

impl From<Address> for AddressView {
    fn from(address: Address) -> Self {
        Self {
            id: address.id,
            name: address.receiver,
            mobile: address.mobile,
            title: address.tag,
            address: address.address,
        }
    }
}

impl From<OfferedLine> for LineView {
    fn from(OfferedLine { sku, count }: OfferedLine) -> Self {
        Self {
            id: sku.id,
            name: sku.name,
            count,
            selected: 1,
            default_image_url: sku.image,
            price: sku.price,
            sku_sale_attr_name: sku.attr_names,
            sku_sale_attr_val: sku.attr_values,
        }
    }
}
