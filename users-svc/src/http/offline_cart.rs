//! The cart that a browser kept while nobody was logged in, in all the shapes in which pages send it (contract §1.2).

use common::contracts::ids::SkuId;
use common::contracts::internal_apis::carts::CartLine;
use common::json::IntLike;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Lines beyond this are dropped: a cart holds 100 kinds, and the page may list one twice.
const MAX_LINES: usize = 200;

/// Lines of an offline cart. An array, JSON text of one, `""` and null are read; whatever else there is counts as no
/// cart, because a strange cart must never keep a user out (contract U2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfflineCart(pub Vec<CartLine>);

#[derive(Deserialize)]
struct Line {
    id: IntLike,
    count: IntLike,
}

impl OfflineCart {
    /// This cart, or `other` where this one is empty.
    pub fn or(self, other: Self) -> Self {
        if self.0.is_empty() { other } else { self }
    }

    fn of(value: Value) -> Self {
        let value = match value {
            Value::String(text) => serde_json::from_str(&text).unwrap_or(Value::Null),
            value => value,
        };
        let Value::Array(lines) = value else {
            return Self::default();
        };
        let lines = lines.into_iter().filter_map(|line| Line::deserialize(line).ok());
        let lines = lines.map(|line| CartLine {
            sku_id: SkuId(line.id.0),
            count: line.count.0,
        });
        Self(lines.take(MAX_LINES).collect())
    }
}

impl<'de> Deserialize<'de> for OfflineCart {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lines(value: Value) -> Vec<(i64, i64)> {
        let cart: OfflineCart = serde_json::from_value(value).unwrap();
        cart.0
            .into_iter()
            .map(|line| (line.sku_id.0, line.count))
            .collect()
    }

    #[test]
    fn an_array_and_its_text_mean_the_same() {
        let array = json!([{"id": "1", "count": "2", "name": "x", "selected": true}, {"id": 3, "count": 4}]);
        assert_eq!(lines(array.clone()), [(1, 2), (3, 4)]);
        assert_eq!(lines(json!(array.to_string())), [(1, 2), (3, 4)]);
    }

    #[test]
    fn what_is_no_cart_is_an_empty_one() {
        for value in [
            json!(null),
            json!(""),
            json!("null"),
            json!("[{"),
            json!(7),
            json!({"id": 1}),
            json!("\"\""),
        ] {
            assert_eq!(lines(value.clone()), [], "{value}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_read_is_left_out() {
        let cart = json!([{"id": "x", "count": 1}, {"id": 1}, 5, null, {"id": 2, "count": 1.5}, {"id": 3, "count": 1}]);
        assert_eq!(lines(cart), [(3, 1)]);
    }

    #[test]
    fn a_huge_cart_is_cut() {
        let cart: Vec<Value> = (0..10_000).map(|id| json!({"id": id, "count": 1})).collect();
        assert_eq!(lines(json!(cart)).len(), MAX_LINES);
    }
}
