//! Everything that can go wrong in this service, and the code that each case maps to.

use common::contracts::ids::SkuId;
use common::error_codes::ErrorCode;
use common::error_reply::ServiceError;
use common::http_client::CallError;
use common::kv::KvError;
use serde_json::{Value, json};

use crate::domain::cart::Refusal;
use crate::error_codes as codes;

/// An error of carts-svc.
#[derive(Debug, thiserror::Error)]
pub enum CartError {
    #[error("sku {0} does not exist")]
    UnknownSku(SkuId),
    #[error("sku {0} is not for sale")]
    NotLaunched(SkuId),
    #[error("sku {0} to remove is not in the cart")]
    NotInCartToRemove(SkuId),
    #[error("sku {0} to change is not in the cart")]
    NotInCart(SkuId),
    #[error("only {available} pieces can be put into the cart")]
    OverStock { available: i64 },
    #[error("one piece more than there are")]
    OverStockByStep,
    #[error("cart holds too many kinds")]
    Full,
    #[error("parameter {0} is missing or wrong")]
    Parameter(&'static str),
    #[error("no such state")]
    UnknownState,
    #[error("goods-svc does not tell about skus")]
    Goods(#[source] CallError),
    #[error("cart cannot be read")]
    Unread(#[source] KvError),
    #[error("whether the cart was written is unknown")]
    Unwritten(#[source] KvError),
}

impl ServiceError for CartError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::UnknownSku(_) | Self::NotInCart(_) => codes::NO_SUCH_SKU,
            Self::NotLaunched(_) => codes::NOT_LAUNCHED,
            Self::NotInCartToRemove(_) => codes::NOT_IN_CART_TO_REMOVE,
            Self::OverStock { .. } => codes::OVER_STOCK,
            Self::OverStockByStep => codes::OVER_STOCK_BY_STEP,
            Self::Full => codes::CART_FULL,
            Self::Parameter(_) => codes::INVALID_PARAMETER,
            Self::UnknownState => codes::UNKNOWN_STATE,
            Self::Goods(_) | Self::Unread(_) => codes::UNAVAILABLE,
            Self::Unwritten(_) => codes::UNEXPECTED,
        }
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::OverStock { available } => Some(json!({ "available": available })),
            Self::Parameter(name) => Some(json!({ "field": name })),
            Self::UnknownSku(sku)
            | Self::NotLaunched(sku)
            | Self::NotInCart(sku)
            | Self::NotInCartToRemove(sku) => Some(json!({ "sku_id": sku })),
            Self::OverStockByStep
            | Self::Full
            | Self::UnknownState
            | Self::Goods(_)
            | Self::Unread(_)
            | Self::Unwritten(_) => None,
        }
    }
}

impl CartError {
    /// What a refusal of the cart means where somebody adds or changes the line of `sku`.
    pub fn of(refusal: Refusal, sku: SkuId) -> Self {
        match refusal {
            Refusal::NotInCart => Self::NotInCart(sku),
            Refusal::TooMany { available } => Self::OverStock { available },
            Refusal::Full => Self::Full,
        }
    }
}
