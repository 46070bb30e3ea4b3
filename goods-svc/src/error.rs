//! What can go wrong, in the words of the catalogue, and which code each case is told under.

use common::contracts::ids::{OrderId, SkuId};
use common::db::Transient;
use common::error_codes::{ErrorCode, shared};
use common::error_reply::ServiceError;
use sea_orm::DbErr;

use crate::domain::reservation::{BadLines, IllegalAction};
use crate::domain::selection::NotASelection;
use crate::error_codes;
use crate::search::NotBuilt;

/// Every way in which an operation of this service can fail.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GoodsError {
    #[error("no such sku, or it is not for sale")]
    SkuNotFound,
    #[error("no such category")]
    CatalogNotFound,
    #[error("the list has no such page")]
    PageOutOfRange,
    #[error("no sku has this combination of values")]
    NoSuchCombination,
    #[error("{0} must be a whole number in its range")]
    NotANumber(&'static str),
    #[error("too many skus asked for at once")]
    TooManyIds,
    #[error(transparent)]
    NotASelection(#[from] NotASelection),
    #[error(transparent)]
    BadLines(#[from] BadLines),
    #[error("order {0} has reserved other lines before")]
    OtherLines(OrderId),
    #[error("order {0} has no reservation")]
    NoReservation(OrderId),
    #[error("reservation in the wrong state")]
    IllegalAction(#[from] IllegalAction),
    #[error("stock of sku {0} changes too fast")]
    Contended(SkuId),
    #[error("too many orders wait for stock")]
    TooManyWait,
    #[error("nothing to look for")]
    EmptyKeyword,
    #[error("not a question to the search")]
    NotAQuestion(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error(transparent)]
    NotBuilt(#[from] NotBuilt),
    #[error("database failed")]
    Database(#[from] DbErr),
}

impl ServiceError for GoodsError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::SkuNotFound => error_codes::SKU_NOT_FOUND,
            Self::CatalogNotFound => error_codes::CATALOG_NOT_FOUND,
            Self::PageOutOfRange => error_codes::PAGE_OUT_OF_RANGE,
            Self::NoSuchCombination => error_codes::NO_SUCH_COMBINATION,
            Self::EmptyKeyword => error_codes::EMPTY_KEYWORD,
            Self::NotANumber(_)
            | Self::NotAQuestion(_)
            | Self::TooManyIds
            | Self::NotASelection(_)
            | Self::BadLines(_)
            | Self::OtherLines(_) => error_codes::INVALID_PARAMETER,
            // Says that nothing was done, so that the caller may try again.
            Self::TooManyWait | Self::NotBuilt(_) => shared::OVERLOADED,
            Self::NoReservation(_) | Self::IllegalAction(_) | Self::Contended(_) | Self::Database(_) => {
                error_codes::UNEXPECTED
            }
        }
    }
}

impl Transient for GoodsError {
    fn database_error(&self) -> Option<&DbErr> {
        match self {
            Self::Database(error) => Some(error),
            Self::SkuNotFound
            | Self::CatalogNotFound
            | Self::PageOutOfRange
            | Self::NoSuchCombination
            | Self::NotANumber(_)
            | Self::TooManyIds
            | Self::NotASelection(_)
            | Self::BadLines(_)
            | Self::OtherLines(_)
            | Self::NoReservation(_)
            | Self::IllegalAction(_)
            | Self::Contended(_)
            | Self::TooManyWait
            | Self::EmptyKeyword
            | Self::NotAQuestion(_)
            | Self::NotBuilt(_) => None,
        }
    }
}
