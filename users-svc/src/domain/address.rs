//! What makes a delivery address acceptable.

use super::Invalid;
use super::user::Phone;

/// Addresses that one user may keep.
pub const ADDRESSES_PER_USER: u64 = 20;

/// Longest texts, in characters (contract §4).
const RECEIVER_CHARS: usize = 10;
const ADDRESS_CHARS: usize = 100;
const TAG_CHARS: usize = 10;
const POSTCODE_CHARS: usize = 6;

/// The fields of a new address.
#[derive(Clone)]
pub struct NewAddress {
    /// Who receives.
    pub receiver: String,
    /// Province, city, district and street in one text.
    pub address: String,
    /// Their mobile number.
    pub mobile: Phone,
    /// Postcode; may be empty.
    pub postcode: String,
    /// The buyer's word for it; may be empty.
    pub tag: String,
}

/// The new fields of an address; `None` keeps the old text.
#[derive(Clone)]
pub struct AddressChange {
    /// Who receives.
    pub receiver: String,
    /// Province, city, district and street in one text.
    pub address: String,
    /// Their mobile number.
    pub mobile: Phone,
    /// Postcode.
    pub postcode: Option<String>,
    /// The buyer's word for it.
    pub tag: Option<String>,
}

/// Whether an address is the one that orders go to unless the buyer says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// It is.
    Default,
    /// It is not.
    Ordinary,
}

/// Reads who receives.
pub fn receiver(text: &str) -> Result<String, Invalid> {
    filled("receiver", text, RECEIVER_CHARS)
}

/// Reads the place.
pub fn address(text: &str) -> Result<String, Invalid> {
    filled("address", text, ADDRESS_CHARS)
}

/// Reads the buyer's word for the address.
pub fn tag(text: &str) -> Result<String, Invalid> {
    plain("tag", text, TAG_CHARS)
}

/// Reads a postcode: up to six ASCII letters and digits.
pub fn postcode(text: &str) -> Result<String, Invalid> {
    let text = text.trim();
    if text.len() <= POSTCODE_CHARS && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        Ok(text.to_owned())
    } else {
        Err(Invalid::Field("postcode"))
    }
}

fn filled(field: &'static str, text: &str, max_chars: usize) -> Result<String, Invalid> {
    let text = plain(field, text, max_chars)?;
    if text.is_empty() {
        Err(Invalid::Field(field))
    } else {
        Ok(text)
    }
}

/// Text that the pages may put into HTML as it is, which is what they do (contract §6.18).
fn plain(field: &'static str, text: &str, max_chars: usize) -> Result<String, Invalid> {
    let text = text.trim();
    let is_harmless = |letter: char| !letter.is_control() && !is_unseen(letter) && !"<>\"'&".contains(letter);
    if text.chars().count() <= max_chars && text.chars().all(is_harmless) {
        Ok(text.to_owned())
    } else {
        Err(Invalid::Field(field))
    }
}

/// Zero-width characters and marks that turn the direction of writing: they make two texts look alike.
fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_counted_in_characters() {
        assert!(receiver("周岚周岚周岚周岚周岚").is_ok());
        assert_eq!(
            receiver("周岚周岚周岚周岚周岚周"),
            Err(Invalid::Field("receiver"))
        );
        assert!(address(&"路".repeat(100)).is_ok());
        assert!(address(&"路".repeat(101)).is_err());
    }

    #[test]
    fn receiver_and_place_are_needed_and_the_rest_may_be_empty() {
        assert!(receiver("  ").is_err());
        assert!(address("").is_err());
        assert_eq!(tag(""), Ok(String::new()));
        assert_eq!(postcode(""), Ok(String::new()));
    }

    #[test]
    fn markup_and_unseen_characters_are_refused() {
        for text in ["<b>", "a&amp;b", "a\"b", "a'b", "a\u{202e}b", "a\u{0}b", "a\nb"] {
            assert!(receiver(text).is_err(), "{text:?}");
            assert!(address(text).is_err(), "{text:?}");
            assert!(tag(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_postcode_has_at_most_six_letters_or_digits() {
        assert!(postcode("215000").is_ok());
        for text in ["2150001", "21-500", "２１５０００"] {
            assert!(postcode(text).is_err(), "{text}");
        }
    }
}
