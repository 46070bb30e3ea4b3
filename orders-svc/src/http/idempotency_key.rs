//! The header `Idempotency-Key`: at most one, of 1 to 255 visible ASCII letters.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use common::error_reply::Failure;

use crate::error::OrderError;

const HEADER: &str = "idempotency-key";
const MAX_LENGTH: usize = 255;

/// What the header says, if it is there.
pub struct IdempotencyKey(pub Option<String>);

impl FromRequest for IdempotencyKey {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let values: Vec<&[u8]> = request
            .headers()
            .get_all(HEADER)
            .map(|value| value.as_bytes())
            .collect();
        let key = match values.as_slice() {
            [] => Ok(None),
            [key] => readable(key).map(Some),
            [_, _, ..] => Err(OrderError::Invalid("several idempotency keys")),
        };
        ready(key.map(Self).map_err(Failure::from))
    }
}

fn readable(key: &[u8]) -> Result<String, OrderError> {
    let is_sound = (1..=MAX_LENGTH).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic);
    match std::str::from_utf8(key) {
        Ok(key) if is_sound => Ok(key.to_owned()),
        Ok(_) | Err(_) => Err(OrderError::Invalid(
            "idempotency key is not 1 to 255 visible ascii letters",
        )),
    }
}
