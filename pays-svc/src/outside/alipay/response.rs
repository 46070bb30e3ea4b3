//! Answers of the gateway: what is signed is cut out byte for byte, and nothing else is read.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::keys::PublicKey;
use super::signature::{self, SignatureError};

/// The key of an answer to a request that the gateway did not understand.
const ERROR_KEY: &str = "error_response";

/// Why an answer is not believed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AnswerError {
    /// Not the JSON we know, or a key occurs twice.
    #[error("answer is unreadable")]
    Json(#[from] serde_json::Error),
    /// It has no signature; Alipay leaves it out when it does not know us.
    #[error("answer is not signed: {0}")]
    Unsigned(String),
    /// The signature is not Alipay's.
    #[error("answer is not alipay's")]
    Forged(#[from] SignatureError),
}

/// What stands in every answer.
#[derive(Debug, Deserialize)]
pub(super) struct Head {
    /// `10000` = done.
    pub(super) code: String,
    /// Says more when it is not.
    #[serde(default)]
    pub(super) sub_code: String,
}

/// The content of an answer, as it was signed.
pub(super) struct Verified<'a>(&'a str);

impl Verified<'_> {
    /// Reads the content.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, AnswerError> {
        Ok(serde_json::from_str(self.0)?)
    }
}

/// Cuts the content under `answer_key`, or under `error_response`, out of `body`, and checks Alipay's signature over
/// its exact bytes.
pub(super) fn verified<'a>(
    body: &'a [u8],
    answer_key: &str,
    key: &PublicKey,
) -> Result<Verified<'a>, AnswerError> {
    let Root(entries) = serde_json::from_slice(body)?;
    let find = |wanted| {
        let entry = entries.iter().find(|(name, _)| name == wanted);
        entry.map(|(_, value)| value.get())
    };
    let content = match (find(answer_key), find(ERROR_KEY)) {
        (Some(content), None) | (None, Some(content)) => content,
        (Some(_), Some(_)) => return Err(refused("both a content and an error")),
        (None, None) => return Err(refused("neither a content nor an error")),
    };
    let sign: String = match find("sign") {
        Some(sign) => serde_json::from_str(sign)?,
        None => return Err(AnswerError::Unsigned(summary(content))),
    };
    signature::verify(key, content.as_bytes(), &sign)?;
    Ok(Verified(content))
}

fn refused(reason: &str) -> AnswerError {
    AnswerError::Json(serde::de::Error::custom(reason))
}

/// The codes of an unsigned answer: for the log, never for a decision.
fn summary(content: &str) -> String {
    match serde_json::from_str::<Head>(content) {
        Ok(head) => format!("{} {}", head.code, head.sub_code)
            .chars()
            .take(80)
            .collect(),
        Err(error) => error.to_string(),
    }
}

/// The outermost object of an answer: its names, each once, with the untouched text of their values.
struct Root<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Root<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RootVisitor;

        impl<'de> Visitor<'de> for RootVisitor {
            type Value = Root<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object without repeated names")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries: Vec<(String, &RawValue)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                    if entries.iter().any(|(known, _)| *known == name) {
                        return Err(serde::de::Error::custom("a name occurs twice"));
                    }
                    entries.push((name, value));
                }
                Ok(Root(entries))
            }
        }

        deserializer.deserialize_map(RootVisitor)
    }
}

#[cfg(test)]
mod tests;
