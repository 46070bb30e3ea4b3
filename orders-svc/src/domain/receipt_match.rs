//! Which order a page means that has put the order's id through a JavaScript number (contract §6.1).

use common::contracts::ids::OrderId;
use serde_json::Value;

/// An order as a request names it.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedOrder {
    /// The id, if the digits are to be taken literally.
    pub exact: Option<OrderId>,
    /// The number, if it may have lost its last digits.
    pub rounded: Option<f64>,
}

impl NamedOrder {
    /// Reads a JSON number, or the id as text. `None` for everything else.
    pub fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self {
                exact: Some(text.parse().ok()?),
                rounded: None,
            }),
            Value::Number(number) => Some(Self {
                exact: number.to_string().parse().ok(),
                rounded: number.as_f64().filter(|number| *number > 0.0),
            }),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

/// The one among `candidates` whose id, read as a double, is `number`. `None` when none or several are.
///
/// Ids of one user differ in their first fourteen digits, of which a double keeps more than fifteen: only ids that
/// are not one user's can be ambiguous, and then none is guessed.
pub fn by_rounded(candidates: &[OrderId], number: f64) -> Option<&OrderId> {
    let is_it = |id: &&OrderId| {
        let rounded: Result<f64, _> = id.as_str().parse();
        rounded.is_ok_and(|rounded| rounded.to_bits() == number.to_bits())
    };
    let mut matching = candidates.iter().filter(is_it);
    let first = matching.next()?;
    if matching.next().is_some() {
        None
    } else {
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(texts: &[&str]) -> Vec<OrderId> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn named(json: &str) -> Option<NamedOrder> {
        NamedOrder::from_json(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn a_number_that_lost_its_last_digits_finds_its_order() {
        let number = named("20220301143930010").unwrap().rounded.unwrap();
        let orders = ids(&["20220301143930007", "20220301143931007"]);
        assert_eq!(by_rounded(&orders, number), Some(&orders[0]));
    }

    #[test]
    fn a_number_that_fits_no_order_finds_none() {
        let orders = ids(&["20220301143930007"]);
        assert_eq!(by_rounded(&orders, 20_220_301_143_931_010.0), None);
        assert_eq!(by_rounded(&[], 20_220_301_143_930_010.0), None);
    }

    #[test]
    fn an_ambiguous_number_finds_none() {
        let orders = ids(&["2022030114393000000000007", "2022030114393000000000008"]);
        let number: f64 = orders[0].as_str().parse().unwrap();
        assert_eq!(by_rounded(&orders, number), None);
    }

    #[test]
    fn text_is_taken_literally_and_numbers_both_ways() {
        let text = named("\"20220301143930007\"").unwrap();
        assert_eq!(
            (text.exact.unwrap().as_str(), text.rounded),
            ("20220301143930007", None)
        );
        let number = named("20220301143930010").unwrap();
        assert_eq!(number.exact.unwrap().as_str(), "20220301143930010");
        assert_eq!(number.rounded, Some(20_220_301_143_930_010.0));
        let huge = named("2.0220301143930007e+21").unwrap();
        assert_eq!((huge.exact, huge.rounded), (None, Some(2.0220301143930007e21)));
    }

    #[test]
    fn what_names_no_order_is_refused() {
        for json in ["null", "true", "[]", "{}", "\"\"", "\"12a\"", "\"1; drop\""] {
            assert_eq!(named(json), None, "{json}");
        }
        for json in ["-5", "0", "1.5"] {
            assert!(named(json).unwrap().exact.is_none(), "{json}");
        }
    }
}
