//! The code of an activation link: url-safe base64 of `<random>_<user name>` (contract U3, §0.9).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::user::Username;

/// Codes longer than this are none of ours.
const LONGEST: usize = 200;

/// What an activation link proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivationCode {
    /// 128 random bits in hexadecimal digits; known to the store and to the receiver of the mail alone.
    pub random: String,
    /// Whose account is activated.
    pub username: Username,
}

impl ActivationCode {
    /// A code of these random bits.
    pub fn new(random: u128, username: Username) -> Self {
        Self {
            random: format!("{random:032x}"),
            username,
        }
    }

    /// The code as it stands in the link.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}_{}", self.random, self.username.as_str()))
    }

    /// Reads a code, with or without padding. User names may hold `_` themselves: the first one divides.
    pub fn decode(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (random, username) = text.split_once('_')?;
        if random.is_empty() {
            return None;
        }
        Some(Self {
            random: random.to_owned(),
            username: Username::parse(username).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::URL_SAFE;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    fn code(username: &str) -> ActivationCode {
        ActivationCode::new(7, Username::parse(username).unwrap())
    }

    #[test]
    fn padding_is_read_and_not_needed() {
        for name in ["meixia", "meixia1", "meixia12"] {
            let padded = URL_SAFE.encode(format!("{:032x}_{name}", 7));
            assert_eq!(ActivationCode::decode(&padded), Some(code(name)));
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        let without_name = URL_SAFE.encode("1234");
        let without_random = URL_SAFE.encode("_meixia");
        let wrong_name = URL_SAFE.encode("1234_<b>");
        for text in [
            "",
            "=",
            "???",
            "a b",
            "ab+/",
            &without_name,
            &without_random,
            &wrong_name,
            &"A".repeat(10_000),
        ] {
            assert_eq!(ActivationCode::decode(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_code_survives_its_round_trip(random in any::<u128>(), name in "[A-Za-z0-9_]{6,11}") {
            if let Ok(username) = Username::parse(&name) {
                let code = ActivationCode::new(random, username);
                prop_assert_eq!(ActivationCode::decode(&code.encode()), Some(code));
            }
        }

        #[test]
        fn no_text_makes_decoding_panic(text in any::<String>()) {
            ActivationCode::decode(&text);
        }
    }
}
