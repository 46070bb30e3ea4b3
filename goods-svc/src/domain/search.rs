//! What is looked for, what is found, and what a SKU is found by.

use common::contracts::ids::SkuId;
use common::money::Fen;

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SearchRequest {
    /// What was typed.
    pub(crate) text: String,
    /// Which SKUs may be found.
    pub(crate) filter: Filter,
    /// In which order.
    pub(crate) sort: Sort,
    /// Hits to skip.
    pub(crate) offset: usize,
    /// Most hits to show.
    pub(crate) size: usize,
}

/// Which SKUs may be found; `None` = any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Of this category.
    pub(crate) catalog_id: Option<i64>,
    /// Of this brand.
    pub(crate) brand_id: Option<i64>,
    /// Not below this price.
    pub(crate) price_from: Option<Fen>,
    /// Not above this price.
    pub(crate) price_to: Option<Fen>,
}

/// The order of hits; ties go by sales, then by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Best first.
    #[default]
    Relevance,
    /// Cheapest first.
    PriceAscending,
    /// Dearest first.
    PriceDescending,
    /// Most sold first.
    Sales,
}

impl Sort {
    /// By the name that requests have of it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "relevance" | "" => Some(Self::Relevance),
            "price" => Some(Self::PriceAscending),
            "-price" => Some(Self::PriceDescending),
            "sales" | "-sales" => Some(Self::Sales),
            _ => None,
        }
    }
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// Hits of all pages.
    pub(crate) total: usize,
    /// The hits of this page, in their order.
    pub(crate) sku_ids: Vec<SkuId>,
}

/// A launched SKU and all that it is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SearchDoc {
    /// Which.
    pub(crate) sku_id: SkuId,
    /// Its name.
    pub(crate) name: String,
    /// What lists say beside the name.
    pub(crate) caption: String,
    /// The values of its attributes, and the names of its category and brand.
    pub(crate) labels: Vec<String>,
    /// Its category.
    pub(crate) catalog_id: i64,
    /// Its brand.
    pub(crate) brand_id: i64,
    /// Its price.
    pub(crate) price: Fen,
    /// Pieces sold.
    pub(crate) sales: i64,
}

impl Filter {
    /// Whether a SKU of this category, brand and price may be found.
    pub(crate) fn admits(&self, catalog_id: i64, brand_id: i64, price: Fen) -> bool {
        self.catalog_id.is_none_or(|wanted| wanted == catalog_id)
            && self.brand_id.is_none_or(|wanted| wanted == brand_id)
            && self.price_from.is_none_or(|from| from.0 <= price.0)
            && self.price_to.is_none_or(|to| price.0 <= to.0)
    }
}
