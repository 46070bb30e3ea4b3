//! The ledger's rules: every movement of money leaves one account and enters another, by the same sum.

use chrono::{DateTime, Utc};
use common::money::Fen;

use super::refund::Refund;
use super::trade::Receipt;

/// Where money can be, as the ledger sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Account {
    /// With the provider, in our name.
    Provider,
    /// What we hold of our buyers' money: what came for orders, less what went back.
    Buyers,
    /// Paid back by hand, past the provider: by bank transfer, or in cash.
    ByHand,
}

/// One movement of money: written as two rows, a debit and a credit of the same sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Movement {
    /// Names the movement for ever: the same one is never written twice.
    pub(crate) name: String,
    /// The account that grows by `amount`.
    pub(crate) debit: Account,
    /// The account that shrinks by it.
    pub(crate) credit: Account,
    /// How much; never zero or less.
    pub(crate) amount: Fen,
    /// The order it is about.
    pub(crate) order_id: String,
    /// The provider's trade.
    pub(crate) trade_no: String,
    /// When the money moved, by the provider's word where there is one.
    pub(crate) at: DateTime<Utc>,
}

impl Movement {
    /// Verified money arrived.
    pub(crate) fn of_receipt(receipt: &Receipt) -> Self {
        Self {
            name: format!("receipt:{}", receipt.trade_no),
            debit: Account::Provider,
            credit: Account::Buyers,
            amount: receipt.amount,
            order_id: receipt.order_id.to_string(),
            trade_no: receipt.trade_no.clone(),
            at: receipt.paid_at,
        }
    }

    /// Money went back out of `from`.
    pub(crate) fn of_refund(refund: &Refund, from: Account, at: DateTime<Utc>) -> Self {
        Self {
            name: format!("refund:{}", refund.out_request_no),
            debit: Account::Buyers,
            credit: from,
            amount: refund.amount,
            order_id: refund.order_id.to_string(),
            trade_no: refund.trade_no.clone(),
            at,
        }
    }
}

impl Account {
    /// Its name in the ledger: never to be changed.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Buyers => "buyers",
            Self::ByHand => "by_hand",
        }
    }
}
