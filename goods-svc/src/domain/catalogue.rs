//! The catalogue as buyers see it: shelves, cards, details.

use std::collections::BTreeMap;

use common::contracts::ids::SkuId;
use common::money::Fen;

/// A category with the SKUs that stand for it on the home page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shelf {
    /// Id of the category.
    pub(crate) catalog_id: i64,
    /// Its name.
    pub(crate) catalog_name: String,
    /// Its first SKUs.
    pub(crate) cards: Vec<Card>,
}

/// A SKU in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Card {
    /// Which.
    pub(crate) sku_id: SkuId,
    /// Its name.
    pub(crate) name: String,
    /// What the list says of it beside the name.
    pub(crate) caption: String,
    /// Its price.
    pub(crate) price: Fen,
    /// Path of its picture below the media root.
    pub(crate) image: String,
}

/// A SKU on its own page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Detail {
    /// The SKU as lists show it.
    pub(crate) card: Card,
    /// Id of its category.
    pub(crate) catalog_id: i64,
    /// Name of its category.
    pub(crate) catalog_name: String,
    /// The product it is one of.
    pub(crate) spu_id: i64,
    /// Path of the large picture; empty when there is none.
    pub(crate) detail_image: String,
    /// The attributes of the product, ascending by id.
    pub(crate) attributes: Vec<Attribute>,
    /// Facts by their names.
    pub(crate) specs: BTreeMap<String, String>,
}

/// An attribute of a product with the values it may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    /// Its id.
    pub(crate) id: i64,
    /// Its name.
    pub(crate) name: String,
    /// Every value, ascending by id.
    pub(crate) values: Vec<AttributeValue>,
    /// The value that the SKU at hand has; `None` only where the catalogue is incomplete.
    pub(crate) chosen: Option<AttributeValue>,
}

/// A value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AttributeValue {
    /// Its id.
    pub(crate) id: i64,
    /// Its name.
    pub(crate) name: String,
}

/// Which page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageRequest {
    /// From 1; what lies outside the list is found out by asking.
    pub(crate) page: i64,
    /// Rows of a page, 1 to [`PageRequest::MAX_SIZE`].
    pub(crate) size: i64,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CardPage {
    /// Rows of all pages.
    pub(crate) total: i64,
    /// The rows of this one.
    pub(crate) cards: Vec<Card>,
}

impl PageRequest {
    /// Rows of a page when nobody says (contract G2).
    pub(crate) const DEFAULT_SIZE: i64 = 9;
    /// A page never has more rows (reliability §3 G).
    pub(crate) const MAX_SIZE: i64 = 100;

    /// How many rows come before the page of a list of `total` rows; `None` when there is no such page. An empty
    /// list has a first page.
    pub(crate) fn offset_in(self, total: i64) -> Option<i64> {
        let offset = self.page.checked_sub(1)?.checked_mul(self.size)?;
        let exists = offset == 0 || (0..total).contains(&offset);
        exists.then_some(offset)
    }
}

/// A SKU at this instant, with all that an order or a cart shows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SkuSnapshot {
    /// The SKU as lists show it.
    pub(crate) card: Card,
    /// Pieces that can be bought.
    pub(crate) stock: i64,
    /// Whether it is for sale.
    pub(crate) is_launched: bool,
    /// Names of its attributes, ascending by attribute id.
    pub(crate) attr_names: Vec<String>,
    /// Names of its values, in the order of `attr_names`.
    pub(crate) attr_values: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_list_exist() {
        let page = |page| PageRequest { page, size: 9 };
        assert_eq!(page(1).offset_in(14), Some(0));
        assert_eq!(page(2).offset_in(14), Some(9));
        assert_eq!(page(2).offset_in(9), None);
        assert_eq!(page(1).offset_in(0), Some(0));
        for outside in [0, -1, 3, i64::MIN, i64::MAX] {
            assert_eq!(page(outside).offset_in(14), None, "{outside}");
        }
    }
}
