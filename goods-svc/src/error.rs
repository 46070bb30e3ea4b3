//! What can go wrong, in the words of the catalogue, and which code each case is told under.

use common::cache::CacheError;
use common::contracts::ids::{OrderId, SkuId};
use common::db::Transient;
use common::error_codes::{ErrorCode, shared};
use common::error_reply::ServiceError;
use sea_orm::DbErr;
use serde_json::{Value, json};

use crate::domain::reservation::{BadLines, IllegalAction};
use crate::domain::selection::NotASelection;
use crate::domain::staff_edit::BadEdit;
use crate::error_codes;
use crate::pictures::BadPicture;
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
    #[error("no such row, or no such table")]
    RowNotFound,
    #[error("the row was changed by somebody else")]
    VersionConflict,
    #[error("other rows need this one")]
    RowNeeded,
    #[error("stock is {stock}, and cannot become less than none or absurdly much")]
    StockTooLow { stock: i64 },
    #[error("rows are not found by {0}")]
    NotAParent(&'static str),
    #[error("fields: {0}")]
    BadFields(String),
    #[error(transparent)]
    BadEdit(#[from] BadEdit),
    #[error("upload: {0}")]
    BadUpload(String),
    #[error(transparent)]
    BadPicture(#[from] BadPicture),
    #[error("picture not written")]
    Disk(#[from] std::io::Error),
    #[error("background work broke off")]
    Background(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("database failed")]
    Database(#[from] DbErr),
    #[error("cache failed")]
    Cache(#[from] CacheError),
    #[error("cached value has another form")]
    CachedForm(#[from] serde_json::Error),
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
            | Self::OtherLines(_)
            | Self::NotAParent(_)
            | Self::BadFields(_)
            | Self::BadEdit(_) => error_codes::INVALID_PARAMETER,
            // Says that nothing was done, so that the caller may try again.
            Self::TooManyWait | Self::NotBuilt(_) => shared::OVERLOADED,
            Self::RowNotFound => error_codes::ROW_NOT_FOUND,
            Self::VersionConflict => error_codes::VERSION_CONFLICT,
            Self::RowNeeded => error_codes::ROW_NEEDED,
            Self::StockTooLow { .. } => error_codes::STOCK_TOO_LOW,
            Self::BadUpload(_) | Self::BadPicture(_) => error_codes::PICTURE_REFUSED,
            Self::NoReservation(_)
            | Self::IllegalAction(_)
            | Self::Contended(_)
            | Self::Database(_)
            | Self::Disk(_)
            | Self::Background(_)
            | Self::Cache(_)
            | Self::CachedForm(_) => error_codes::UNEXPECTED,
        }
    }

    fn details(&self) -> Option<Value> {
        if let Self::StockTooLow { stock } = self {
            return Some(json!({ "stock": stock }));
        }
        // What an editor's form shows beside the field.
        let reason = if let Self::BadFields(reason) | Self::BadUpload(reason) = self {
            reason.clone()
        } else if let Self::BadPicture(reason) = self {
            reason.to_string()
        } else if let Self::BadEdit(reason) = self {
            reason.to_string()
        } else {
            return None;
        };
        Some(json!({ "reason": reason }))
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
            | Self::NotBuilt(_)
            | Self::RowNotFound
            | Self::VersionConflict
            | Self::RowNeeded
            | Self::StockTooLow { .. }
            | Self::NotAParent(_)
            | Self::BadFields(_)
            | Self::BadEdit(_)
            | Self::BadUpload(_)
            | Self::BadPicture(_)
            | Self::Disk(_)
            | Self::Background(_)
            | Self::Cache(_)
            | Self::CachedForm(_) => None,
        }
    }
}
