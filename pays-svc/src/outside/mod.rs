//! The one folder that knows payment providers: which there are, and what any of them can be asked.

pub(crate) mod alipay;

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use common::contracts::internal_apis::pays::Cashier;

use crate::domain::bill::Bill;
use crate::domain::payment::{PayMethod, Payment};
use crate::domain::refund::Refund;
use crate::domain::trade::{Notice, Recipient, Trade};

pub(crate) use alipay::NotifyError;
use alipay::{Alipay, AlipayError};

/// A payment provider. The rest of the service sees nothing but this.
pub(crate) enum Provider {
    /// Alipay, page payment (`pay_method` 1 of the contract).
    Alipay(Alipay),
}

/// Why a provider gave no usable answer. The call may have had its effect.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProviderError {
    /// Alipay.
    #[error("alipay failed")]
    Alipay(#[from] AlipayError),
}

/// What a provider knows of an order's trade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TradeAnswer {
    /// There is one.
    Found(Trade),
    /// There is none: the buyer has not opened the cashier. They still may.
    NotExist,
}

/// What became of closing a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CloseAnswer {
    /// It can no longer be paid.
    Closed,
    /// The buyer has not opened the cashier. They still may.
    NotExist,
    /// It is not one that waits for its buyer: to be asked about.
    NotWaiting,
}

/// What became of asking for a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RefundAnswer {
    /// The money went back, at this time if the provider says it.
    Done(Option<DateTime<Utc>>),
    /// Nothing moved at this call: an earlier one may have been it, which is to be asked.
    Unchanged,
    /// It will not work, by the provider's code given.
    Refused(String),
}

/// Whether a refund of that number was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefundTrace {
    /// It was, at this time if the provider says it.
    Done(Option<DateTime<Utc>>),
    /// The provider knows of none.
    NotFound,
}

impl Provider {
    /// The signed address of the cashier.
    pub(crate) async fn pay_url(
        &self,
        payment: &Payment,
        cashier: Cashier,
        now: DateTime<Utc>,
    ) -> Result<String, ProviderError> {
        match self {
            Self::Alipay(alipay) => Ok(alipay.pay_url(payment, cashier, now).await?),
        }
    }

    /// Whether it is the one that the contract means by `method`. A second provider is a second variant here, and
    /// whoever holds a `Provider` then holds one of each.
    pub(crate) fn takes(&self, method: PayMethod) -> bool {
        match (self, method) {
            (Self::Alipay(_), PayMethod::Alipay) => true,
            (Self::Alipay(_), PayMethod::WeChat) => false,
        }
    }

    /// The account that notifies must be meant for.
    pub(crate) fn recipient(&self) -> &Recipient {
        match self {
            Self::Alipay(alipay) => alipay.recipient(),
        }
    }

    /// Reads a notify, if the provider signed it.
    pub(crate) fn read_notify(&self, body: &[u8]) -> Result<Notice, NotifyError> {
        match self {
            Self::Alipay(alipay) => alipay.read_notify(body),
        }
    }

    /// Asks about the trade of an order, for at most `limit`.
    pub(crate) async fn query(
        &self,
        out_trade_no: &str,
        now: DateTime<Utc>,
        limit: Duration,
    ) -> Result<TradeAnswer, ProviderError> {
        match self {
            Self::Alipay(alipay) => Ok(alipay.query(out_trade_no, now, limit).await?),
        }
    }

    /// Makes the trade of an order unpayable.
    pub(crate) async fn close(
        &self,
        out_trade_no: &str,
        now: DateTime<Utc>,
    ) -> Result<CloseAnswer, ProviderError> {
        match self {
            Self::Alipay(alipay) => Ok(alipay.close(out_trade_no, now).await?),
        }
    }

    /// Sends money back. Safe to repeat: the refund's number is fixed.
    pub(crate) async fn refund(
        &self,
        refund: &Refund,
        now: DateTime<Utc>,
    ) -> Result<RefundAnswer, ProviderError> {
        match self {
            Self::Alipay(alipay) => Ok(alipay.refund(refund, now).await?),
        }
    }

    /// The bill of `date`, a day of the shop's clock. `None` when there is none: too early, or nothing happened.
    pub(crate) async fn bill(
        &self,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<Option<Bill>, ProviderError> {
        match self {
            Self::Alipay(alipay) => Ok(alipay.bill(date, now).await?),
        }
    }

    /// Asks what became of a refund.
    pub(crate) async fn find_refund(
        &self,
        refund: &Refund,
        now: DateTime<Utc>,
    ) -> Result<RefundTrace, ProviderError> {
        match self {
            Self::Alipay(alipay) => Ok(alipay.find_refund(refund, now).await?),
        }
    }
}
