//! Reading requests: JSON whatever the content type says, numbers or numeric text, and failures in the envelope.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::{DeserializeOwned, Error as _, IgnoredAny, Visitor};
use serde::{Deserialize, Deserializer};

use crate::error_codes::{ErrorCode, shared};
use crate::error_reply::Failure;
use crate::service_codes::ServiceCodes;

/// Bodies above this many bytes are refused (reliability §5.13).
pub const BODY_LIMIT: usize = 64 * 1024;

/// A JSON body of type `T`, read as JSON whatever content type it carries (contract §1.1.5).
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let codes = ServiceCodes::of(request);
        let bytes = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            let bytes = bytes
                .await
                .map_err(|error| Failure::of_transport(shared::TOO_LARGE).because(error.to_string()))?;
            serde_json::from_slice(&bytes)
                .map(Self)
                .map_err(|error| Failure::of(code_of(&bytes, codes)).because(error))
        })
    }
}

/// Text that is no JSON shares its number with what goes wrong on our side (contract §7.1), but is the caller's fault:
/// neither 500 nor a line in the error log.
fn code_of(text: &[u8], codes: ServiceCodes) -> ErrorCode {
    // The text is asked, not the error: an array that is too long for the fields of `T` counts as bad syntax there.
    if serde_json::from_slice::<IgnoredAny>(text).is_ok() {
        codes.invalid
    } else {
        ErrorCode {
            code: codes.unexpected.code,
            ..shared::BAD_REQUEST
        }
    }
}

/// An integer that may arrive as a number or as its decimal text (contract §1.1.6). Fractions, signs other than a
/// leading minus, white space and digits of other scripts are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IntLike(pub i64);

impl<'de> Deserialize<'de> for IntLike {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IntVisitor;

        impl Visitor<'_> for IntVisitor {
            type Value = IntLike;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an integer or its decimal text")
            }

            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<IntLike, E> {
                Ok(IntLike(value))
            }

            fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<IntLike, E> {
                i64::try_from(value).map(IntLike).map_err(E::custom)
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<IntLike, E> {
                parse_int(text)
                    .map(IntLike)
                    .ok_or_else(|| E::custom("not an integer"))
            }
        }

        deserializer.deserialize_any(IntVisitor)
    }
}

/// Reads decimal text as [`IntLike`] does, for path segments and query values.
pub fn parse_int(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_decimal = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_decimal { text.parse().ok() } else { None }
}

/// Text that may arrive as a JSON string or as a number, such as a code of digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextLike(pub String);

impl<'de> Deserialize<'de> for TextLike {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(text) => Ok(Self(text)),
            serde_json::Value::Number(number) if number.is_u64() => Ok(Self(number.to_string())),
            other => Err(D::Error::custom(format!(
                "expected text, found {}",
                kind_of(&other)
            ))),
        }
    }
}

fn kind_of(value: &serde_json::Value) -> &'static str {
    match value {
        serde_json::Value::Null => "null",
        serde_json::Value::Bool(_) => "a boolean",
        serde_json::Value::Number(_) => "a number",
        serde_json::Value::String(_) => "text",
        serde_json::Value::Array(_) => "an array",
        serde_json::Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[tokio::test]
    async fn what_is_no_json_is_the_callers_fault_under_the_services_number() {
        let codes = ServiceCodes {
            invalid: shared::TOO_MANY,
            unexpected: shared::INTERNAL,
            not_owner: shared::LOGIN_REQUIRED,
            not_staff: shared::LOGIN_REQUIRED,
        };
        for (body, code, status) in [
            ("{", 500, 400),
            ("", 500, 400),
            ("[]", 429, 429),
            ("[1, 2]", 429, 429),
        ] {
            let request = TestRequest::default().app_data(codes).set_payload(body);
            let (request, mut payload) = request.to_http_parts();
            let read = Body::<(i64,)>::from_request(&request, &mut payload).await;
            let refused = read.unwrap_err().code();
            assert_eq!((refused.code, refused.status), (code, status), "{body}");
        }
    }

    #[test]
    fn numbers_and_numeric_text_mean_the_same() {
        for text in ["7", "\"7\""] {
            assert_eq!(serde_json::from_str::<IntLike>(text).unwrap(), IntLike(7));
        }
        assert_eq!(serde_json::from_str::<IntLike>("\"-3\"").unwrap(), IntLike(-3));
    }

    #[test]
    fn what_is_not_an_integer_is_refused() {
        for text in [
            "1.5",
            "1e3",
            "\"3abc\"",
            "\" 3\"",
            "\"+3\"",
            "\"１\"",
            "true",
            "null",
            "[]",
            "\"\"",
            "9223372036854775808",
        ] {
            assert!(serde_json::from_str::<IntLike>(text).is_err(), "{text}");
        }
    }
}
