//! What can go wrong in this service, and the code that each case maps to.

use chrono::NaiveDate;
use common::contracts::ids::OrderId;
use common::db::Transient;
use common::error_codes::ErrorCode;
use common::error_reply::ServiceError;
use common::money::Fen;
use sea_orm::DbErr;

use crate::error_codes;
use crate::outside::{NotifyError, ProviderError};

/// What can go wrong in this service.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PayError {
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] DbErr),
    /// A notify was refused before anything in it was believed.
    #[error("notify refused")]
    Notify(#[from] NotifyError),
    /// A notify is rightly signed, but meant for another application or merchant.
    #[error("notify is for application {app_id}, merchant {seller_id}")]
    OtherRecipient {
        /// Whose application.
        app_id: String,
        /// Whose account.
        seller_id: String,
    },
    /// The provider speaks of an order that never asked for money.
    #[error("no payment is registered for order {0}")]
    OrderUnknown(String),
    /// The provider speaks of another sum.
    #[error("order {order_id} costs {expected}, the provider says {found}")]
    AmountMismatch {
        /// The order.
        order_id: OrderId,
        /// What it costs.
        expected: Fen,
        /// What the provider says.
        found: Fen,
    },
    /// A trade that paid one order is presented for another, or with another sum than before.
    #[error("trade {trade_no} was recorded for order {recorded_for}, not {order_id}")]
    TradeOfAnotherOrder {
        /// The trade.
        trade_no: String,
        /// The order it paid.
        recorded_for: OrderId,
        /// The order it is presented for.
        order_id: OrderId,
    },
    /// Nobody pays twice.
    #[error("order {0} is paid already")]
    AlreadyPaid(OrderId),
    /// The order was cancelled.
    #[error("the payment of order {0} is closed")]
    Closed(OrderId),
    /// The same order came before with another amount or buyer.
    #[error("order {0} was registered with another amount or buyer")]
    RegisteredDifferently(OrderId),
    /// No provider takes such a sum.
    #[error("{0} cannot be paid")]
    NotPayable(Fen),
    /// The provider gave no usable answer.
    #[error("the provider gave no usable answer")]
    Provider(#[from] ProviderError),
    /// A refund was requested of money that never came.
    #[error("{amount} of trade {trade_no} cannot go back: no such money came for order {order_id}")]
    RefundUnfounded {
        /// The order.
        order_id: OrderId,
        /// The trade.
        trade_no: String,
        /// How much was to go back.
        amount: Fen,
    },
    /// The provider will not send money back, or says nothing for too long.
    #[error("refund of trade {trade_no} for order {order_id} needs a person: {reason}")]
    RefundRefused {
        /// The order.
        order_id: OrderId,
        /// The trade.
        trade_no: String,
        /// The provider's code.
        reason: String,
    },
    /// There is no such provider, or it is still to come.
    #[error("paying by method {0} is not enabled")]
    MethodNotEnabled(i16),
    /// Our books and the provider's bill disagree.
    #[error("books and bill of {date} differ in {count} places, first: {first}")]
    BooksDiffer {
        /// The day of the bill.
        date: NaiveDate,
        /// In how many places.
        count: usize,
        /// One of them.
        first: String,
    },
    /// There is no refund of that number.
    #[error("there is no refund {0}")]
    RefundUnknown(String),
    /// The refund goes its way, or has gone it.
    #[error("refund {0} does not need a person")]
    RefundNotStuck(String),
    /// There is no such anomaly, or somebody dealt with it.
    #[error("there is no open anomaly {0}")]
    AnomalyNotOpen(i64),
    /// A field of a request is missing or wrong.
    #[error("{0} is missing or wrong")]
    Invalid(&'static str),
}

impl ServiceError for PayError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Database(_) => error_codes::UNEXPECTED,
            Self::Notify(NotifyError::BadSignature(_)) => error_codes::BAD_SIGNATURE,
            Self::Notify(NotifyError::Form(_) | NotifyError::Field { .. } | NotifyError::Amount { .. }) => {
                error_codes::MALFORMED_NOTIFY
            }
            Self::OtherRecipient { .. } => error_codes::APP_MISMATCH,
            Self::OrderUnknown(_) => error_codes::ORDER_UNKNOWN,
            Self::AmountMismatch { .. } => error_codes::AMOUNT_MISMATCH,
            Self::TradeOfAnotherOrder { .. } => error_codes::TRADE_OF_ANOTHER_ORDER,
            Self::AlreadyPaid(_) => error_codes::ALREADY_PAID,
            Self::Closed(_) => error_codes::PAYMENT_CLOSED,
            Self::RegisteredDifferently(_) => error_codes::REGISTERED_DIFFERENTLY,
            Self::NotPayable(_) => error_codes::INVALID_PARAMETER,
            Self::Provider(_) => error_codes::QUERY_FAILED,
            Self::RefundUnfounded { .. } => error_codes::REFUND_UNFOUNDED,
            Self::RefundRefused { .. } => error_codes::REFUND_REFUSED,
            Self::MethodNotEnabled(_) => error_codes::METHOD_NOT_ENABLED,
            Self::BooksDiffer { .. } => error_codes::BOOKS_DIFFER,
            Self::RefundUnknown(_) => error_codes::REFUND_UNKNOWN,
            Self::RefundNotStuck(_) => error_codes::REFUND_NOT_STUCK,
            Self::AnomalyNotOpen(_) => error_codes::ANOMALY_NOT_OPEN,
            Self::Invalid(_) => error_codes::INVALID_PARAMETER,
        }
    }
}

impl PayError {
    /// Whether the provider's word is genuine and yet cannot be applied: someone must look.
    pub(crate) fn is_anomaly(&self) -> bool {
        match self {
            Self::OtherRecipient { .. }
            | Self::OrderUnknown(_)
            | Self::AmountMismatch { .. }
            | Self::TradeOfAnotherOrder { .. } => true,
            Self::Database(_)
            | Self::Notify(_)
            | Self::AlreadyPaid(_)
            | Self::Closed(_)
            | Self::RegisteredDifferently(_)
            | Self::NotPayable(_)
            | Self::Provider(_)
            | Self::RefundUnfounded { .. }
            | Self::RefundRefused { .. }
            | Self::MethodNotEnabled(_)
            | Self::BooksDiffer { .. }
            | Self::RefundUnknown(_)
            | Self::RefundNotStuck(_)
            | Self::AnomalyNotOpen(_)
            | Self::Invalid(_) => false,
        }
    }
}

impl Transient for PayError {
    fn database_error(&self) -> Option<&DbErr> {
        if let Self::Database(error) = self {
            Some(error)
        } else {
            None
        }
    }
}
