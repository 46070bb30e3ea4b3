//! What staff may write into a row, beyond what any fixture may hold.

use std::collections::BTreeMap;

use common::money::Fen;
use serde_json::{Map, Value};

use super::fixture::Model;
use super::selection::Offer;

/// Most pieces that one adjustment adds or takes.
const MAX_DELTA: i64 = 1_000_000;
/// Letters of a reason.
const MAX_REASON: usize = 200;

/// What is done to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    /// It is new.
    Create,
    /// It is changed.
    Change,
}

/// Why an edit is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadEdit {
    #[error("{0} is not written by hand")]
    NotByHand(String),
    #[error("{0} is blank")]
    Blank(String),
    #[error("{0} holds < or > or a control character")]
    Markup(String),
    #[error("price must be at least 0.01")]
    Price,
    #[error("value {0} belongs to another product")]
    StrangeValue(i64),
    #[error("two values of attribute {0}")]
    TwoValues(i64),
    #[error("sku {0} has the same values")]
    SameValues(i64),
    #[error("no value of attribute {0} is chosen")]
    NoValue(i64),
    #[error("the fact belongs to another product than the sku")]
    StrangeSpec,
    #[error("delta must be a whole number of -{MAX_DELTA} to {MAX_DELTA}, and not 0")]
    Delta,
    #[error("reason must have 1 to {MAX_REASON} letters")]
    Reason,
    #[error("version is missing: send the one that was read, in the body or as If-Match")]
    NoVersion,
}

/// Checks the fields that staff send: none that the shop keeps by itself, no blank names, nothing that a page would
/// take for markup (contract trap 6.18).
pub(crate) fn check_fields(model: Model, edit: Edit, fields: &Map<String, Value>) -> Result<(), BadEdit> {
    for (name, value) in fields {
        if is_kept_by_the_shop(model, edit, name) {
            return Err(BadEdit::NotByHand(name.clone()));
        }
        if let Value::String(text) = value
            && ["name", "caption", "first_letter"].contains(&name.as_str())
        {
            check_text(name, text)?;
        }
    }
    match fields.get("price") {
        Some(Value::String(price)) if price.parse() == Ok(Fen::ZERO) => Err(BadEdit::Price),
        Some(_) | None => Ok(()),
    }
}

/// Times, counters and versions are; and launching and stock have calls of their own once the SKU exists.
fn is_kept_by_the_shop(model: Model, edit: Edit, name: &str) -> bool {
    match name {
        "created_time" | "updated_time" | "sales" | "comments" | "version" => true,
        "stock" | "is_launched" => model == Model::Sku && edit == Edit::Change,
        _ => false,
    }
}

fn check_text(name: &str, text: &str) -> Result<(), BadEdit> {
    if text.trim().is_empty() && name != "caption" {
        return Err(BadEdit::Blank(name.to_owned()));
    }
    if text.contains(|c: char| c == '<' || c == '>' || c.is_control()) {
        return Err(BadEdit::Markup(name.to_owned()));
    }
    Ok(())
}

/// A value that a SKU has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ChosenValue {
    /// The value.
    pub(crate) value_id: i64,
    /// Its attribute.
    pub(crate) attribute_id: i64,
    /// The product whose attribute it is.
    pub(crate) spu_id: i64,
}

/// Checks the values of a SKU: of its own product, one an attribute, and not those of a sibling, so that a choice on
/// the page leads to one SKU (contract G3, G4).
pub(crate) fn check_variant(
    sku: (i64, i64),
    chosen: &[ChosenValue],
    siblings: &[Offer],
) -> Result<(), BadEdit> {
    let (sku_id, spu_id) = sku;
    let mut by_attribute = BTreeMap::new();
    for value in chosen {
        if value.spu_id != spu_id {
            return Err(BadEdit::StrangeValue(value.value_id));
        }
        if by_attribute.insert(value.attribute_id, value.value_id).is_some() {
            return Err(BadEdit::TwoValues(value.attribute_id));
        }
    }
    let mut values: Vec<i64> = by_attribute.into_values().collect();
    values.sort_unstable();
    let same = siblings
        .iter()
        .find(|sibling| sibling.sku_id != sku_id && sibling.value_ids == values);
    same.map_or(Ok(()), |sibling| Err(BadEdit::SameValues(sibling.sku_id)))
}

/// Checks a change of stock by hand.
pub(crate) fn check_adjustment(delta: i64, reason: &str) -> Result<(), BadEdit> {
    if delta == 0 || !(-MAX_DELTA..=MAX_DELTA).contains(&delta) {
        return Err(BadEdit::Delta);
    }
    let letters = reason.chars().count();
    if reason.trim().is_empty() || letters > MAX_REASON || reason.contains(char::is_control) {
        return Err(BadEdit::Reason);
    }
    Ok(())
}

/// The fields that differ, as they were and as they are.
pub(crate) fn difference(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> (Map<String, Value>, Map<String, Value>) {
    let differs = |one: &Map<String, Value>, other: &Map<String, Value>| {
        one.iter()
            .filter(|(name, value)| *name != "updated_time" && other.get(*name) != Some(*value))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    };
    (differs(before, after), differs(after, before))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(model: Model, edit: Edit, fields: Value) -> Result<(), BadEdit> {
        check_fields(model, edit, fields.as_object().unwrap())
    }

    #[test]
    fn what_the_shop_keeps_by_itself_is_not_written_by_hand() {
        for name in ["created_time", "updated_time", "sales", "comments", "version"] {
            for edit in [Edit::Create, Edit::Change] {
                let refused = check(Model::Sku, edit, json!({ name: 1 }));
                assert_eq!(refused, Err(BadEdit::NotByHand(name.to_owned())));
            }
        }
        for name in ["stock", "is_launched"] {
            assert!(check(Model::Sku, Edit::Change, json!({ name: 1 })).is_err());
            assert_eq!(check(Model::Sku, Edit::Create, json!({ name: 1 })), Ok(()));
        }
    }

    #[test]
    fn texts_that_a_page_would_take_for_markup_are_refused() {
        for (text, is_good) in [
            ("15\" & more", true),
            ("远行双肩包", true),
            ("<b>", false),
            ("a\nb", false),
            ("", false),
            ("　", false),
        ] {
            let checked = check(Model::Brand, Edit::Change, json!({ "name": text }));
            assert_eq!(checked.is_ok(), is_good, "{text:?}");
        }
        assert_eq!(
            check(Model::Sku, Edit::Change, json!({"price": "0.00"})),
            Err(BadEdit::Price)
        );
        assert_eq!(
            check(Model::Sku, Edit::Change, json!({"price": "0.01", "caption": ""})),
            Ok(())
        );
    }

    #[test]
    fn a_sku_has_one_value_an_attribute_of_its_own_product_and_no_twin() {
        let value = |value_id, attribute_id, spu_id| ChosenValue {
            value_id,
            attribute_id,
            spu_id,
        };
        let siblings = [
            Offer {
                sku_id: 11,
                value_ids: vec![31, 34],
            },
            Offer {
                sku_id: 12,
                value_ids: vec![32, 34],
            },
        ];
        let check = |chosen: &[ChosenValue]| check_variant((11, 6), chosen, &siblings);
        assert_eq!(check(&[value(34, 22, 6), value(31, 21, 6)]), Ok(()));
        assert_eq!(check(&[]), Ok(()));
        assert_eq!(
            check(&[value(34, 22, 6), value(32, 21, 6)]),
            Err(BadEdit::SameValues(12))
        );
        assert_eq!(
            check(&[value(31, 21, 6), value(32, 21, 6)]),
            Err(BadEdit::TwoValues(21))
        );
        assert_eq!(check(&[value(31, 21, 7)]), Err(BadEdit::StrangeValue(31)));
    }

    #[test]
    fn stock_is_adjusted_by_a_bounded_number_for_a_reason() {
        assert_eq!(check_adjustment(-3, "broken"), Ok(()));
        for delta in [0, 1_000_001, -1_000_001, i64::MIN] {
            assert_eq!(check_adjustment(delta, "x"), Err(BadEdit::Delta), "{delta}");
        }
        for reason in ["", " ", "a\0", &"x".repeat(201)] {
            assert_eq!(check_adjustment(1, reason), Err(BadEdit::Reason), "{reason:?}");
        }
    }

    #[test]
    fn a_difference_tells_both_sides() {
        let (before, after) = (
            json!({"price": "1.00", "name": "x", "updated_time": 1}),
            json!({"price": "2.00", "name": "x", "updated_time": 2}),
        );
        let (was, is) = difference(before.as_object().unwrap(), after.as_object().unwrap());
        assert_eq!((was.len(), &was["price"]), (1, &json!("1.00")));
        assert_eq!((is.len(), &is["price"]), (1, &json!("2.00")));
    }
}
