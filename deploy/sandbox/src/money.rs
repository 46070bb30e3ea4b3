//! Money as the sandbox counts it: whole fen, shown as Alipay writes amounts.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount in fen (1/100 yuan). Text and JSON form: yuan with two decimals, `88.80`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fen(pub(crate) i64);

impl Fen {
    /// Reads `88`, `88.8` or `88.80`; at most nine digits of yuan, no sign, no exponent.
    pub(crate) fn parse(text: &str) -> Option<Fen> {
        let (yuan, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let is_digits = |part: &str, most: usize| {
            (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !is_digits(yuan, 9) || !is_digits(decimals, 2) {
            return None;
        }
        let yuan: i64 = yuan.parse().ok()?;
        let fen: i64 = format!("{decimals:0<2}").parse().ok()?;
        Some(Fen(yuan * 100 + fen))
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl Serialize for Fen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fen {
    // Merchants send amounts as strings or as JSON numbers, and Alipay takes both.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fen, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Fen::parse(&text).ok_or_else(|| D::Error::custom("an amount of yuan with at most two decimals"))
    }
}

#[cfg(test)]
mod tests {
    use super::Fen;

    #[test]
    fn amounts_are_read_exactly_and_shown_with_two_decimals() {
        for (text, fen) in [
            ("88.80", 8880),
            ("88.8", 8880),
            ("0.01", 1),
            ("1.15", 115),
            ("100000000", 10_000_000_000),
        ] {
            assert_eq!(Fen::parse(text), Some(Fen(fen)), "{text}");
        }
        assert_eq!(Fen(8880).to_string(), "88.80");
        assert_eq!(Fen(5).to_string(), "0.05");
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "1.234",
            "-1",
            "+1",
            "1e2",
            " 1",
            "1,000",
            "１",
            "1234567890",
        ] {
            assert_eq!(Fen::parse(text), None, "{text}");
        }
    }
}
