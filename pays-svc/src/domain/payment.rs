//! A payment: what one order is to bring in, and the few steps its status can take.

use chrono::{DateTime, Utc};
use common::contracts::ids::{OrderId, UserId};
use common::money::Fen;

/// The most that Alipay takes for one order: 100,000,000.00 yuan.
const MAX_AMOUNT: Fen = Fen(10_000_000_000);

/// What one order is to bring in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Payment {
    /// The order; also `out_trade_no` at the provider.
    pub(crate) order_id: OrderId,
    /// The buyer.
    pub(crate) user_id: UserId,
    /// Who takes the money.
    pub(crate) pay_method: PayMethod,
    /// The sum, freight included.
    pub(crate) amount: Fen,
    /// Where it stands.
    pub(crate) status: PaymentStatus,
    /// When the cashier stops accepting it.
    pub(crate) expire_at: DateTime<Utc>,
    /// When it was registered.
    pub(crate) created_at: DateTime<Utc>,
    /// When the provider is to be asked next, if ever.
    pub(crate) next_query_at: Option<DateTime<Utc>>,
    /// Questions in a row that brought no usable answer.
    pub(crate) failed_queries: u32,
}

/// Who takes the money, by the contract's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PayMethod {
    /// 1.
    Alipay,
    /// 2. To come.
    WeChat,
}

impl PayMethod {
    /// The method of that number.
    pub(crate) fn numbered(number: i16) -> Option<Self> {
        [Self::Alipay, Self::WeChat]
            .into_iter()
            .find(|method| method.number() == number)
    }

    /// Its number.
    pub(crate) fn number(self) -> i16 {
        match self {
            Self::Alipay => 1,
            Self::WeChat => 2,
        }
    }
}

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PaymentStatus {
    /// No money yet.
    Waiting,
    /// Verified money of exactly its amount arrived.
    Paid,
    /// The order was cancelled. Money may still arrive, and then goes back.
    Closed,
}

/// What can happen to a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PaymentAction {
    /// Verified money arrived.
    Pay,
    /// Its order was cancelled.
    Close,
}

/// A step that a payment cannot take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a payment that is {status:?} cannot {action:?}")]
pub(crate) struct IllegalStep {
    status: PaymentStatus,
    action: PaymentAction,
}

impl PaymentStatus {
    const ALL: [Self; 3] = [Self::Waiting, Self::Paid, Self::Closed];

    /// Its name, as it is stored and shown.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Paid => "paid",
            Self::Closed => "closed",
        }
    }

    /// The status of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// The status after `action`.
    pub(crate) fn apply(self, action: PaymentAction) -> Result<Self, IllegalStep> {
        match (self, action) {
            (Self::Waiting | Self::Closed, PaymentAction::Pay) | (Self::Waiting, PaymentAction::Close) => {
                Ok(action.leads_to())
            }
            (status, action) => Err(IllegalStep { status, action }),
        }
    }

    /// The statuses in which `action` is possible: what a conditional update tests.
    pub(crate) fn before(action: PaymentAction) -> impl Iterator<Item = Self> {
        Self::ALL
            .into_iter()
            .filter(move |status| status.apply(action).is_ok())
    }
}

impl PaymentAction {
    /// The status after it, where it is possible at all.
    pub(crate) fn leads_to(self) -> PaymentStatus {
        match self {
            Self::Pay => PaymentStatus::Paid,
            Self::Close => PaymentStatus::Closed,
        }
    }
}

/// Whether the provider can be asked for this sum.
pub(crate) fn is_payable(amount: Fen) -> bool {
    Fen::ZERO < amount && amount <= MAX_AMOUNT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_taken_late_but_never_twice_and_a_paid_payment_stays_paid() {
        use PaymentAction::{Close, Pay};
        use PaymentStatus::{Closed, Paid, Waiting};
        let table = [
            (Waiting, Pay, Some(Paid)),
            (Waiting, Close, Some(Closed)),
            (Closed, Pay, Some(Paid)),
            (Closed, Close, None),
            (Paid, Pay, None),
            (Paid, Close, None),
        ];
        for (status, action, next) in table {
            assert_eq!(status.apply(action).ok(), next, "{status:?} {action:?}");
        }
    }

    #[test]
    fn only_sums_that_the_provider_takes_are_payable() {
        for (fen, expected) in [
            (-1, false),
            (0, false),
            (1, true),
            (10_000_000_000, true),
            (10_000_000_001, false),
        ] {
            assert_eq!(is_payable(Fen(fen)), expected, "{fen}");
        }
    }
}
