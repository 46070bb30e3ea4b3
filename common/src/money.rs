//! Money as an integer number of fen; decimal text only at the edge.

use std::fmt;
use std::iter::Sum;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount in fen (hundredths of a yuan). Stored as BIGINT, shown as text with two decimals (contract §1.1.11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(pub i64);

/// Why a text is not an amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an amount: up to nine ASCII digits with at most two decimals")]
pub struct NotMoney;

impl Fen {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// `self × count`, or `None` on overflow.
    pub fn checked_mul(self, count: i64) -> Option<Self> {
        self.0.checked_mul(count).map(Self)
    }

    /// `self + other`, or `None` on overflow.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The sum of all, or `None` on overflow.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

impl Sum for Fen {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.map(|fen| fen.0).sum())
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", fen / 100, fen % 100)
    }
}

impl FromStr for Fen {
    type Err = NotMoney;

    /// Reads `88`, `88.8` or `88.80`. Signs, exponents, separators, white space and digits of other scripts are
    /// refused, because what is compared with a payment must have one spelling (reliability §5.0).
    fn from_str(text: &str) -> Result<Self, NotMoney> {
        let (yuan, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !(1..=9).contains(&yuan.len())
            || !(1..=2).contains(&decimals.len())
            || !all_digits(yuan)
            || !all_digits(decimals)
        {
            return Err(NotMoney);
        }
        let number = |digits: &str| {
            digits
                .bytes()
                .fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0'))
        };
        let scale = if decimals.len() == 1 { 10 } else { 1 };
        Ok(Self(number(yuan) * 100 + number(decimals) * scale))
    }
}

impl Serialize for Fen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    #[test]
    fn exotic_spellings_are_refused() {
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "1.234",
            "+1",
            "-1",
            "1e2",
            " 1",
            "1 ",
            "1,00",
            "１.00",
            "1234567890",
            "0x10",
        ] {
            assert_eq!(text.parse::<Fen>(), Err(NotMoney), "{text}");
        }
    }

    #[test]
    fn one_decimal_means_tenths() {
        assert_eq!("88.8".parse::<Fen>(), Ok(Fen(8880)));
        assert_eq!("88".parse::<Fen>(), Ok(Fen(8800)));
        assert_eq!("1.15".parse::<Fen>(), Ok(Fen(115)));
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(fen in 0i64..100_000_000_000) {
            prop_assert_eq!(Fen(fen).to_string().parse::<Fen>(), Ok(Fen(fen)));
        }

        #[test]
        fn reading_never_panics(text in any::<String>()) {
            let parsed = text.parse::<Fen>();
            prop_assert!(parsed.is_err() || parsed.is_ok_and(|fen| fen.0 >= 0));
        }
    }
}
