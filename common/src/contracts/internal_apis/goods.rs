//! What goods-svc answers to other services: SKUs as they are now, and reservations of stock.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::contracts::ids::{OrderId, SkuId};
use crate::http_client::{CallError, InternalClient};
use crate::money::Fen;
use crate::settings::{Default, Setting, setting};

/// Where the replicas of goods-svc answer.
pub const URLS: Setting = setting(
    "GOODS_URLS",
    Default::Value("http://127.0.0.1:8002"),
    "base addresses of goods-svc's replicas, comma-separated",
);

/// `POST` [`SkuQuery`]: the SKUs among the ids that exist, as [`Sku`]s in the order asked.
pub const QUERY_SKUS: &str = "/internal/skus/query";
/// `PUT` [`Reserve`]: takes stock for the order; the same call again gives the same answer.
pub const RESERVE: &str = "/internal/reservations/{order_id}";
/// `PUT`, no body: gives the order's stock back; the same call again changes nothing, and a reservation that
/// arrives after it is refused.
pub const RELEASE: &str = "/internal/reservations/{order_id}/release";

/// Ids of SKUs, at most 200.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkuQuery {
    /// The ids, in any order.
    pub ids: Vec<SkuId>,
}

/// A SKU as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sku {
    /// Its id.
    pub id: SkuId,
    /// Its name.
    pub name: String,
    /// Its price.
    pub price: Fen,
    /// Path of its picture below the media root, no leading slash.
    pub image: String,
    /// Pieces that can be bought.
    pub stock: i64,
    /// Whether it is for sale.
    pub is_launched: bool,
    /// Names of its sale attributes.
    pub attr_names: Vec<String>,
    /// Its values, in the order of `attr_names`.
    pub attr_values: Vec<String>,
}

/// One line to reserve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReserveLine {
    /// Which SKU; each at most once.
    pub sku_id: SkuId,
    /// How many pieces, 1 to 200.
    pub count: i64,
}

/// A request to take stock for an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reserve {
    /// What to take, all or nothing.
    pub lines: Vec<ReserveLine>,
    /// Until when the order is expected to be paid or cancelled. Afterwards goods-svc asks what became of the order
    /// ([`super::orders::ORDER_FATE`]); stock is given back by the order alone, never by this time passing.
    pub hold_until: DateTime<Utc>,
}

/// What became of a request to take stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ReserveOutcome {
    /// All of it is held for the order.
    Reserved {
        /// The lines with the names and prices of that instant, ascending by SKU id.
        lines: Vec<ReservedLine>,
    },
    /// A SKU falls short; nothing is held.
    OutOfStock {
        /// Which.
        sku_id: SkuId,
        /// How many pieces there are.
        available: i64,
    },
    /// A SKU is unknown or not for sale; nothing is held.
    NotLaunched {
        /// Which.
        sku_id: SkuId,
    },
    /// The order's stock was given back before: it cannot be taken again.
    Released,
}

/// A line as sold: snapshot of the SKU at the instant of the reservation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservedLine {
    /// Which SKU.
    pub sku_id: SkuId,
    /// How many pieces.
    pub count: i64,
    /// Price of one piece.
    pub price: Fen,
    /// Name.
    pub name: String,
    /// Path of the picture below the media root.
    pub image: String,
    /// Names of its sale attributes.
    pub attr_names: Vec<String>,
    /// Its values, in the order of `attr_names`.
    pub attr_values: Vec<String>,
}

/// Client of goods-svc.
#[derive(Clone, Debug)]
pub struct GoodsClient(pub InternalClient);

impl GoodsClient {
    /// The SKUs among `ids` that exist, in the order asked.
    pub async fn query_skus(&self, ids: Vec<SkuId>) -> Result<Vec<Sku>, CallError> {
        self.0.post_read(QUERY_SKUS, &SkuQuery { ids }).await
    }

    /// Takes stock for an order, all lines or none. Idempotent.
    pub async fn reserve(&self, order_id: &OrderId, request: &Reserve) -> Result<ReserveOutcome, CallError> {
        self.0
            .put(&format!("/internal/reservations/{order_id}"), request)
            .await
    }

    /// Gives an order's stock back, and refuses it to whoever comes later in its name. Idempotent.
    pub async fn release(&self, order_id: &OrderId) -> Result<(), CallError> {
        self.0
            .put(&format!("/internal/reservations/{order_id}/release"), &())
            .await
    }
}
