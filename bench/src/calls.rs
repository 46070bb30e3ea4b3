//! The rows of the benchmark: what is called, and what it may cost.

use std::future::Future;

use serde_json::{Value, json};
use tests::api::{Api, Call, Trouble};
use tests::buyer::{Buyer, fresh_key};
use tests::catalogue::Catalogue;
use tests::shop::Shop;

/// Pieces of each SKU: more than any run buys.
const PLENTY: i64 = 10_000_000;
/// SKUs that "spread" orders and the reading rows walk over.
const SKUS: i64 = 60;

/// A row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    Index,
    Detail,
    CataloguePage,
    CartAdd,
    CartList,
    OrderSpread,
    OrderHot,
    OrderList,
}

impl Row {
    /// All, in the order in which they run: listing comes after there is something to list.
    pub const ALL: [Self; 8] = [
        Self::Index,
        Self::Detail,
        Self::CataloguePage,
        Self::CartAdd,
        Self::CartList,
        Self::OrderSpread,
        Self::OrderHot,
        Self::OrderList,
    ];

    /// What the table calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Detail => "detail",
            Self::CataloguePage => "catalogue page",
            Self::CartAdd => "cart add",
            Self::CartList => "cart list",
            Self::OrderSpread => "order, spread",
            Self::OrderHot => "order, one hot sku",
            Self::OrderList => "list orders",
        }
    }

    /// CPU µs a request of gateway and services together that we aim at.
    pub fn target_micros(self) -> u64 {
        match self {
            Self::Index | Self::Detail => 60,
            Self::CataloguePage => 120,
            Self::CartAdd => 150,
            Self::CartList | Self::OrderList => 200,
            Self::OrderSpread | Self::OrderHot => 1500,
        }
    }
}

/// The demo catalogue with enough of everything.
pub fn catalogue() -> Catalogue {
    (1..=SKUS).fold(Catalogue::demo(), |catalogue, sku| {
        catalogue.with_stock(sku, PLENTY)
    })
}

/// A shop with its buyers, ready to be called.
pub struct Scene {
    api: Api,
    buyers: Vec<(Buyer, i64)>,
    skus: Vec<i64>,
}

impl Scene {
    /// Registers a buyer with an address for each caller.
    pub async fn set(shop: &Shop, callers: usize) -> Self {
        let mut buyers = Vec::with_capacity(callers);
        for _ in 0..callers {
            let buyer = Buyer::register_without_code(&shop.api).await;
            let address = buyer.add_address().await;
            buyers.push((buyer, address));
        }
        let for_sale = shop.catalogue.skus().into_iter();
        let skus = for_sale.map(|sku| sku.id).filter(|id| *id <= SKUS).collect();
        Self {
            api: shop.api.clone().unchecked(),
            buyers,
            skus,
        }
    }

    /// The `turn`-th call of a caller in this row.
    pub fn call(
        &self,
        row: Row,
        caller: usize,
        turn: u64,
    ) -> impl Future<Output = Result<Value, Trouble>> + Send + 'static {
        let (api, call) = (self.api.clone(), self.request(row, caller, turn));
        async move { api.try_call(call).await }
    }

    fn request(&self, row: Row, caller: usize, turn: u64) -> Call {
        let (buyer, address) = &self.buyers[caller];
        let place = usize::try_from(turn).unwrap_or_default() * self.buyers.len() + caller;
        let sku = self.skus[place % self.skus.len()];
        let cart = format!("/v1/carts/{}", buyer.username);
        match row {
            Row::Index => Call::get("/v1/goods/index"),
            Row::Detail => Call::get(format!("/v1/goods/detail/{sku}")),
            Row::CataloguePage => Call::get("/v1/goods/catalogs/4?launched=true&page=2"),
            Row::CartAdd => Call::put(cart, json!({"sku_id": self.skus[0], "state": "del"})).by(&buyer.token),
            Row::CartList => Call::get(cart).by(&buyer.token),
            Row::OrderSpread => buyer.buy_now(*address, sku, 1).keyed(&fresh_key()),
            Row::OrderHot => buyer.buy_now(*address, self.skus[0], 1).keyed(&fresh_key()),
            Row::OrderList => buyer.list_orders(1),
        }
    }
}
