//! The ids that cross service borders.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

crate::numeric_id!(
    /// A user's id; also `sub` in their token.
    UserId
);
crate::numeric_id!(
    /// A SKU's id.
    SkuId
);
crate::numeric_id!(
    /// The id of one address of a user.
    AddressId
);

/// An order's id: local time `YYYYMMDDHHMMSS` followed by the user id, decimal digits only (contract §0.6).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrderId(String);

/// Why a text is not an order id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an order id: 15 to 64 decimal digits, the first not zero")]
pub struct NotAnOrderId;

impl OrderId {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for OrderId {
    type Err = NotAnOrderId;

    fn from_str(text: &str) -> Result<Self, NotAnOrderId> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for OrderId {
    type Error = NotAnOrderId;

    fn try_from(text: String) -> Result<Self, NotAnOrderId> {
        let is_id = (15..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && !text.starts_with('0');
        if is_id { Ok(Self(text)) } else { Err(NotAnOrderId) }
    }
}

impl From<OrderId> for String {
    fn from(id: OrderId) -> Self {
        id.0
    }
}
