//! What people write: parsed at the edge into text that no page can mistake for markup (contract §6.18).

use common::json::TextLike;

use crate::error::OrderError;

/// Letters that pages would take for markup.
const MARKUP: [char; 5] = ['<', '>', '"', '\'', '&'];

/// Trimmed text of 1 to `limit` letters without control characters and markup.
pub(super) fn words(text: &str, limit: usize, refusal: &'static str) -> Result<String, OrderError> {
    let text = text.trim();
    let length = text.chars().count();
    let is_plain = text
        .chars()
        .all(|letter| !letter.is_control() && !MARKUP.contains(&letter));
    if is_plain && (1..=limit).contains(&length) {
        Ok(text.to_owned())
    } else {
        Err(OrderError::Invalid(refusal))
    }
}

/// A sum of money as text or number: `9.90`, `10`.
pub(super) fn amount(text: Option<&TextLike>) -> Result<Option<common::money::Fen>, OrderError> {
    match text.map(|text| text.0.parse()) {
        None => Ok(None),
        Some(Ok(amount)) => Ok(Some(amount)),
        Some(Err(_not_money)) => Err(OrderError::Invalid("amount is no sum of money")),
    }
}
