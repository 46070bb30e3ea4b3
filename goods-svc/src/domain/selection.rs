//! A buyer's choice of attribute values for a product, as the detail page sends it (contract G4).

use std::collections::BTreeSet;

use common::contracts::ids::SkuId;
use common::json::parse_int;
use serde::{Deserialize, Serialize};

/// Most attributes that a product may have.
const MAX_ATTRIBUTES: usize = 20;

/// A product and a set of attribute values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    /// Which product.
    pub(crate) spu_id: i64,
    /// The values, each of another attribute.
    pub(crate) value_ids: BTreeSet<i64>,
}

/// A SKU of a product, as a choice finds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Offer {
    /// Which.
    pub(crate) sku_id: i64,
    /// Its values, ascending.
    pub(crate) value_ids: Vec<i64>,
}

/// Why pairs are no choice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotASelection {
    #[error("spuid is missing")]
    NoSpu,
    #[error("{0:?} stands twice")]
    Twice(String),
    #[error("{0:?} is not the id of an attribute")]
    Attribute(String),
    #[error("value {0} was chosen for two attributes")]
    SameValue(i64),
    #[error("a product has at most {MAX_ATTRIBUTES} attributes")]
    TooMany,
}

impl Selection {
    /// The SKU whose values are exactly the chosen ones; the first of them, should there be several.
    pub(crate) fn pick(&self, offers: &[Offer]) -> Option<SkuId> {
        let found = offers
            .iter()
            .find(|offer| offer.value_ids.iter().eq(&self.value_ids));
        found.map(|offer| SkuId(offer.sku_id))
    }

    /// Reads `spuid` and, under the ids of attributes as text, the ids of values. What the values belong to is not
    /// compared with the keys: the combination alone counts.
    pub(crate) fn from_pairs(pairs: Vec<(String, i64)>) -> Result<Self, NotASelection> {
        if pairs.len() > MAX_ATTRIBUTES + 1 {
            return Err(NotASelection::TooMany);
        }
        let mut spu_id = None;
        let mut attribute_ids = BTreeSet::new();
        let mut value_ids = BTreeSet::new();
        for (key, value) in pairs {
            let is_new = if key == "spuid" {
                spu_id.replace(value).is_none()
            } else {
                let attribute_id = parse_int(&key).filter(|id| *id > 0);
                let Some(attribute_id) = attribute_id else {
                    return Err(NotASelection::Attribute(key));
                };
                if !value_ids.insert(value) {
                    return Err(NotASelection::SameValue(value));
                }
                attribute_ids.insert(attribute_id)
            };
            if !is_new {
                return Err(NotASelection::Twice(key));
            }
        }
        let spu_id = spu_id.ok_or(NotASelection::NoSpu)?;
        Ok(Self { spu_id, value_ids })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, i64)]) -> Result<Selection, NotASelection> {
        Selection::from_pairs(
            pairs
                .iter()
                .map(|(key, value)| ((*key).to_owned(), *value))
                .collect(),
        )
    }

    #[test]
    fn the_order_of_attributes_does_not_matter() {
        let one = read(&[("21", 32), ("spuid", 6), ("22", 34)]).unwrap();
        assert_eq!(one, read(&[("22", 34), ("21", 32), ("spuid", 6)]).unwrap());
        assert_eq!(
            one,
            Selection {
                spu_id: 6,
                value_ids: BTreeSet::from([32, 34])
            }
        );
    }

    #[test]
    fn only_exactly_the_chosen_values_lead_to_a_sku() {
        let offer = |sku_id, value_ids: &[i64]| Offer {
            sku_id,
            value_ids: value_ids.to_vec(),
        };
        let offers = [
            offer(1, &[]),
            offer(2, &[31, 33]),
            offer(3, &[31, 34]),
            offer(4, &[31, 34]),
        ];
        let pick = |values: &[i64]| {
            let value_ids = values.iter().copied().collect();
            Selection { spu_id: 6, value_ids }.pick(&offers)
        };
        assert_eq!(pick(&[34, 31]), Some(SkuId(3)));
        assert_eq!(pick(&[]), Some(SkuId(1)));
        for none in [&[31][..], &[31, 33, 34], &[32, 33]] {
            assert_eq!(pick(none), None);
        }
    }

    #[test]
    fn a_product_without_attributes_is_chosen_by_itself() {
        assert_eq!(read(&[("spuid", 6)]).unwrap().value_ids, BTreeSet::new());
    }

    #[test]
    fn garbage_is_no_selection() {
        assert_eq!(read(&[("21", 32)]), Err(NotASelection::NoSpu));
        assert_eq!(
            read(&[("spuid", 6), ("1", 3), ("1", 4)]),
            Err(NotASelection::Twice("1".into()))
        );
        assert_eq!(
            read(&[("spuid", 6), ("1", 3), ("01", 4)]),
            Err(NotASelection::Twice("01".into()))
        );
        assert_eq!(
            read(&[("spuid", 6), ("spuid", 6)]),
            Err(NotASelection::Twice("spuid".into()))
        );
        assert_eq!(
            read(&[("spuid", 6), ("1", 3), ("2", 3)]),
            Err(NotASelection::SameValue(3))
        );
        for key in ["", "x", "-1", "0", "1;", "１"] {
            assert_eq!(
                read(&[("spuid", 6), (key, 3)]),
                Err(NotASelection::Attribute(key.into()))
            );
        }
        let many: Vec<(String, i64)> = (1..500).map(|id| (id.to_string(), id)).collect();
        assert_eq!(Selection::from_pairs(many), Err(NotASelection::TooMany));
    }
}
