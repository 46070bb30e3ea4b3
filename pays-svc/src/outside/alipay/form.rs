//! `application/x-www-form-urlencoded`, strictly: decoded once, nothing dropped, nothing guessed, no name twice.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Far more than any notify has.
const MAX_PAIRS: usize = 200;

/// Decoded pairs in the byte order of their names, which is the order in which they are signed.
pub(super) type Pairs = BTreeMap<String, String>;

/// Why a form is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FormError {
    /// A `%` without two hex digits.
    #[error("a percent sign without two hex digits")]
    Escape,
    /// Bytes that are no UTF-8.
    #[error("not utf-8")]
    NotUtf8(#[source] std::str::Utf8Error),
    /// Which of the two would hold?
    #[error("a name occurs twice")]
    Twice,
    /// Not a notify.
    #[error("more than {MAX_PAIRS} pairs")]
    TooMany,
}

/// Decodes a form. Pairs with an empty value are kept: Alipay signs them.
pub(super) fn parse(body: &[u8]) -> Result<Pairs, FormError> {
    let mut pairs = Pairs::new();
    for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let middle = pair.iter().position(|byte| *byte == b'=');
        let (name, value) = pair.split_at(middle.unwrap_or(pair.len()));
        let (name, value) = (decode(name)?, decode(value.get(1..).unwrap_or_default())?);
        match pairs.entry(name) {
            Entry::Vacant(place) => place.insert(value),
            Entry::Occupied(_) => return Err(FormError::Twice),
        };
        if pairs.len() > MAX_PAIRS {
            return Err(FormError::TooMany);
        }
    }
    Ok(pairs)
}

fn decode(encoded: &[u8]) -> Result<String, FormError> {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut rest = encoded.iter();
    while let Some(byte) = rest.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => match (hex_digit(rest.next()), hex_digit(rest.next())) {
                (Some(high), Some(low)) => high * 16 + low,
                _ => return Err(FormError::Escape),
            },
            byte => *byte,
        });
    }
    String::from_utf8(decoded).map_err(|error| FormError::NotUtf8(error.utf8_error()))
}

fn hex_digit(byte: Option<&u8>) -> Option<u8> {
    match *byte? {
        digit @ b'0'..=b'9' => Some(digit - b'0'),
        letter @ b'a'..=b'f' => Some(letter - b'a' + 10),
        letter @ b'A'..=b'F' => Some(letter - b'A' + 10),
        _ => None,
    }
}

/// Percent-encodes everything but the unreserved characters of RFC 3986, so that every decoder reads the same.
pub(super) fn encode(text: &str, target: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                target.push(char::from(byte));
            }
            byte => {
                target.push('%');
                target.push(char::from(HEX[usize::from(byte >> 4)]));
                target.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    fn pairs<const N: usize>(expected: [(&str, &str); N]) -> Pairs {
        expected
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect()
    }

    #[test]
    fn blanks_are_kept_and_a_plus_is_a_space_decoded_once() {
        let parsed = parse(b"b=&a=1+2%2B3%2525&c=x=y&&d").unwrap();
        assert_eq!(
            parsed,
            pairs([("a", "1 2+3%25"), ("b", ""), ("c", "x=y"), ("d", "")])
        );
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        for (body, error) in [
            (&b"a=%zz"[..], FormError::Escape),
            (b"a=%4", FormError::Escape),
            (b"a=%", FormError::Escape),
            (b"a=1&%61=2", FormError::Twice),
            (b"a=1&a=1", FormError::Twice),
        ] {
            assert_eq!(parse(body), Err(error), "{body:?}");
        }
        for body in [&b"a=%FF"[..], b"a=\xff", b"%C3=1"] {
            assert!(matches!(parse(body), Err(FormError::NotUtf8(_))), "{body:?}");
        }
        let many: String = (0..=MAX_PAIRS).map(|n| format!("n{n}=&")).collect();
        assert_eq!(parse(many.as_bytes()), Err(FormError::TooMany));
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes_to_itself(name in any::<String>(), value in any::<String>()) {
            let mut body = String::new();
            encode(&name, &mut body);
            body.push('=');
            encode(&value, &mut body);
            prop_assert_eq!(parse(body.as_bytes()).unwrap(), pairs([(&name, &value)]));
        }
    }
}
