//! What can go wrong with an order, in words of the domain, and the code each case maps to.

use common::contracts::ids::{NotAnOrderId, SkuId};
use common::db::Transient;
use common::error_codes::ErrorCode;
use common::error_reply::ServiceError;
use common::http_client::CallError;
use sea_orm::DbErr;
use serde_json::{Value, json};

use crate::domain::order::NoOrder;
use crate::domain::order_state::{IllegalTransition, OrderStatus};
use crate::domain::refund::{NoRefund, RefundStatus};
use crate::error_codes as codes;

/// Every failure of this service.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// The address is not the buyer's, deleted, or never was.
    #[error("no such address of this user")]
    AddressNotFound,
    /// A SKU falls short.
    #[error("sku {sku_id} has only {available} pieces")]
    OutOfStock {
        /// Which.
        sku_id: SkuId,
        /// How many there are.
        available: i64,
    },
    /// A SKU is unknown or not for sale.
    #[error("sku {sku_id} is not for sale")]
    NotLaunched {
        /// Which.
        sku_id: SkuId,
    },
    /// The cart changed while its order was being made.
    #[error("the cart changed meanwhile")]
    CartChanged,
    /// The cart has no selected line.
    #[error("nothing is selected")]
    NothingSelected,
    /// The lines make no order.
    #[error("no order can be made of this")]
    NoOrder(#[from] NoOrder),
    /// A field is missing or wrong.
    #[error("{0}")]
    Invalid(&'static str),
    /// No order of this buyer has that id; asked for to pay.
    #[error("no such order of this user to pay")]
    NotFoundToPay,
    /// No order of this buyer has that id; asked for to confirm.
    #[error("no such order of this user to confirm")]
    NotFoundToConfirm,
    /// No order of that id, or none that they may see.
    #[error("no such order")]
    NotFound,
    /// Something will happen to the order still.
    #[error("an order that is {0:?} is not over")]
    NotOver(OrderStatus),
    /// The order's money does not go back like that.
    #[error("no such refund can be")]
    NoRefund(#[from] NoRefund),
    /// The order has no refund of that number.
    #[error("no such refund of this order")]
    RefundNotFound,
    /// The refund is decided.
    #[error("a refund that is {0:?} is decided")]
    Decided(RefundStatus),
    /// The buyer has asked before and waits for an answer.
    #[error("a refund of this order was asked for before")]
    AskedBefore,
    /// The order changed since it was read.
    #[error("the order changed meanwhile")]
    Moved,
    /// The buyer has as many unpaid orders as a buyer may have.
    #[error("the buyer has {0} unpaid orders")]
    TooManyUnpaid(usize),
    /// Too many checkouts are under way.
    #[error("too many checkouts are under way")]
    Crowded,
    /// Transactions do not run at the isolation level that the rules of this service need.
    #[error("the database does not run transactions at READ COMMITTED")]
    Isolation,
    /// The order's status does not allow it.
    #[error("wrong status")]
    WrongStatus(#[from] IllegalTransition),
    /// The order's time to be paid is over.
    #[error("pay deadline has passed")]
    PayDeadlinePassed,
    /// The kind of list is unknown.
    #[error("no such kind of list")]
    WrongListType,
    /// The first request with this key has not finished.
    #[error("the first request with this key is not finished")]
    InProgress,
    /// The key was used for a request of another meaning.
    #[error("the key belongs to another request")]
    KeyReused,
    /// The checkout was rolled back because it took too long.
    #[error("the checkout took too long and was rolled back")]
    Overtaken,
    /// A service that is needed did not answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// No free order id was found.
    #[error("no free order id after many tries")]
    NoFreeId,
    /// A user id of which no order id can be made.
    #[error("no order id can be made")]
    Id(#[from] NotAnOrderId),
    /// The payment has not succeeded, or cannot be seen.
    #[error("not paid")]
    NotPaid,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// What was stored as JSON cannot be read or written.
    #[error("stored json")]
    Json(#[from] serde_json::Error),
}

impl ServiceError for OrderError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::AddressNotFound => codes::ADDRESS_NOT_FOUND,
            Self::OutOfStock { .. } => codes::OUT_OF_STOCK,
            Self::NotLaunched { .. } => codes::NOT_LAUNCHED,
            Self::CartChanged | Self::Moved => codes::CONCURRENT_CHANGE,
            Self::NothingSelected => codes::NOTHING_SELECTED,
            Self::NoOrder(_) | Self::Invalid(_) => codes::INVALID_PARAMETER,
            Self::NotFoundToPay => codes::ORDER_NOT_FOUND_TO_PAY,
            Self::NotFoundToConfirm => codes::ORDER_NOT_FOUND_TO_CONFIRM,
            Self::NotFound => codes::ORDER_NOT_FOUND,
            Self::NoRefund(NoRefund::Amount { .. }) => codes::REFUND_TOO_LARGE,
            Self::RefundNotFound => codes::REFUND_NOT_FOUND,
            Self::TooManyUnpaid(_) => codes::TOO_MANY_UNPAID,
            Self::WrongStatus(_)
            | Self::NotOver(_)
            | Self::NoRefund(NoRefund::Status(_))
            | Self::Decided(_)
            | Self::AskedBefore
            | Self::PayDeadlinePassed => codes::WRONG_STATUS,
            Self::WrongListType => codes::WRONG_LIST_TYPE,
            Self::InProgress => codes::IN_PROGRESS,
            Self::KeyReused => codes::KEY_REUSED,
            Self::Overtaken | Self::Crowded | Self::Call(_) => codes::SERVICE_UNAVAILABLE,
            Self::NotPaid => codes::NOT_PAID,
            Self::NoFreeId | Self::Id(_) | Self::Database(_) | Self::Json(_) | Self::Isolation => {
                codes::UNEXPECTED
            }
        }
    }

    fn details(&self) -> Option<Value> {
        if let Self::OutOfStock { sku_id, available } = self {
            Some(json!({"sku_id": sku_id, "available": available}))
        } else if let Self::NotLaunched { sku_id } = self {
            Some(json!({"sku_id": sku_id}))
        } else if let Self::NoRefund(NoRefund::Amount { left }) = self {
            Some(json!({"left": left}))
        } else if let Self::TooManyUnpaid(limit) = self {
            Some(json!({"limit": limit}))
        } else {
            None
        }
    }
}

impl Transient for OrderError {
    fn database_error(&self) -> Option<&DbErr> {
        if let Self::Database(error) = self {
            Some(error)
        } else {
            None
        }
    }
}
