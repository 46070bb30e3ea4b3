//! What staff look for among the accounts, and where a page of them begins.

use super::Invalid;
use super::user::folded;

/// Accounts on a page, at most.
pub const PAGE_LIMIT: u64 = 100;
/// Longest text to look for, in characters: that of an e-mail address.
const TERM_CHARS: usize = 254;

/// What is looked for. Each kind has an index of its own; pages follow its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserSearch {
    /// Everybody, the newest first.
    All,
    /// Names that begin so, in any case.
    Name(String),
    /// Phone numbers that begin so.
    Phone(String),
    /// E-mail addresses that begin so, in any case.
    Email(String),
}

impl UserSearch {
    /// Reads what somebody typed: with an `@` an e-mail address, digits a phone number, else a name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let is_plain = text.chars().count() <= TERM_CHARS && !text.chars().any(char::is_control);
        if !is_plain || !text.is_ascii() {
            return Err(Invalid::Field("search"));
        }
        Ok(match text {
            "" => Self::All,
            text if text.contains('@') => Self::Email(folded(text)),
            text if text.bytes().all(|byte| byte.is_ascii_digit()) && text.starts_with('1') => {
                Self::Phone(text.to_owned())
            }
            text => Self::Name(folded(text)),
        })
    }
}

/// The first text that does not begin with `prefix`, all that do standing before it.
pub fn end_of(prefix: &str) -> String {
    // The greatest of our characters is below: all columns that are searched hold ASCII.
    format!("{prefix}\u{7f}")
}

/// A page of accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The last of the page before, as it was told there.
    pub after: Option<String>,
    /// How many.
    pub limit: u64,
}

impl Page {
    /// Reads where a page begins, and how long it is to be.
    pub fn parse(after: Option<String>, limit: Option<i64>) -> Result<Self, Invalid> {
        let limit = u64::try_from(limit.unwrap_or(20)).unwrap_or(0);
        if !(1..=PAGE_LIMIT).contains(&limit) {
            return Err(Invalid::Field("limit"));
        }
        let after = after.filter(|text| !text.is_empty());
        if after.as_ref().is_some_and(|text| text.len() > TERM_CHARS + 20) {
            return Err(Invalid::Field("after"));
        }
        Ok(Self { after, limit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_decides_what_is_searched() {
        for (text, expected) in [
            ("", UserSearch::All),
            (" Mei ", UserSearch::Name("mei".into())),
            ("138", UserSearch::Phone("138".into())),
            ("2024", UserSearch::Name("2024".into())),
            ("Dada@T", UserSearch::Email("dada@t".into())),
        ] {
            assert_eq!(UserSearch::parse(text), Ok(expected), "{text}");
        }
        assert!(UserSearch::parse("周岚").is_err());
        assert!(UserSearch::parse(&"a".repeat(255)).is_err());
    }

    #[test]
    fn a_page_has_one_to_a_hundred_accounts() {
        assert_eq!(Page::parse(None, None).map(|page| page.limit), Ok(20));
        for limit in [0, -1, 101, i64::MAX] {
            assert!(Page::parse(None, Some(limit)).is_err(), "{limit}");
        }
    }
}
