//! A refund of an order's money: who may have how much back, and what becomes of it.

use chrono::{DateTime, Utc};
use common::contracts::ids::OrderId;
use common::money::Fen;

use crate::domain::order_state::OrderStatus;

/// Where a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundStatus {
    /// 1: the buyer asks; staff decide.
    Asked,
    /// 2: pays-svc was told to send the money back.
    Sent,
    /// 3: the money is back.
    Done,
    /// 4: the provider does not pay it back.
    Refused,
    /// 5: staff said no.
    Declined,
}

/// What can happen to a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundAction {
    /// Staff say yes.
    Approve,
    /// Staff say no.
    Decline,
    /// The money went back.
    Finish,
    /// The provider says no.
    Refuse,
}

/// What an order becomes with its refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All that is left goes back before the parcel left: the order is over.
    Closing,
    /// The order goes on.
    Partial,
}

/// A refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Its number, here and at the provider.
    pub refund_no: String,
    /// Whose money.
    pub order_id: OrderId,
    /// How much.
    pub amount: Fen,
    /// Where it stands.
    pub status: RefundStatus,
    /// What the order becomes with it.
    pub scope: Scope,
    /// In the words of who asked.
    pub reason: String,
    /// Who asked: `user 7`, `staff 3`.
    pub asked_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
}

/// What is known of an order's money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaidOrder {
    /// Where it stands.
    pub status: OrderStatus,
    /// What it was paid.
    pub paid: Fen,
    /// What went back, or is on its way back.
    pub refunded: Fen,
}

/// Why an order's money does not go back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRefund {
    /// There is no money, or it is on its way back already.
    #[error("an order that is {0:?} gives no money back")]
    Status(OrderStatus),
    /// More than is left of what was paid, or nothing.
    #[error("between 0.01 and {left} can go back")]
    Amount {
        /// What is left.
        left: Fen,
    },
}

impl RefundStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::Asked, Self::Sent, Self::Done, Self::Refused, Self::Declined];

    /// The number in the database.
    pub const fn number(self) -> i16 {
        match self {
            Self::Asked => 1,
            Self::Sent => 2,
            Self::Done => 3,
            Self::Refused => 4,
            Self::Declined => 5,
        }
    }

    /// The word in answers.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Sent => "sent",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Declined => "declined",
        }
    }

    /// The status of that number.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.number() == number)
    }

    /// The status of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }

    /// Where `action` leads from here, if anywhere. Money that went back after all counts, whatever was said before.
    pub fn apply(self, action: RefundAction) -> Option<Self> {
        match (self, action) {
            (Self::Asked, RefundAction::Approve) => Some(Self::Sent),
            (Self::Asked, RefundAction::Decline) => Some(Self::Declined),
            (Self::Sent | Self::Refused, RefundAction::Finish) => Some(Self::Done),
            (Self::Sent, RefundAction::Refuse) => Some(Self::Refused),
            (_, _) => None,
        }
    }
}

impl PaidOrder {
    /// What could still go back.
    pub fn left(&self) -> Fen {
        Fen(self.paid.0.saturating_sub(self.refunded.0))
    }

    /// How much goes back when `wanted` is asked for, all that is left when nobody says, and what the order becomes.
    pub fn refund(&self, wanted: Option<Fen>) -> Result<(Fen, Scope), NoRefund> {
        match self.status {
            OrderStatus::Paid | OrderStatus::Shipped | OrderStatus::Done => {}
            OrderStatus::Pending
            | OrderStatus::Creating
            | OrderStatus::Cancelled
            | OrderStatus::Failed
            | OrderStatus::Refunding
            | OrderStatus::Refunded => return Err(NoRefund::Status(self.status)),
        }
        let left = self.left();
        let amount = wanted.unwrap_or(left);
        if amount <= Fen::ZERO || amount > left {
            return Err(NoRefund::Amount { left });
        }
        let is_closing = self.status == OrderStatus::Paid && amount == left;
        Ok((
            amount,
            if is_closing {
                Scope::Closing
            } else {
                Scope::Partial
            },
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(status: OrderStatus, refunded: i64) -> PaidOrder {
        PaidOrder {
            status,
            paid: Fen(9800),
            refunded: Fen(refunded),
        }
    }

    #[test]
    fn all_of_an_unshipped_orders_money_closes_it_and_less_does_not() {
        let paid = order(OrderStatus::Paid, 800);
        assert_eq!(paid.refund(None), Ok((Fen(9000), Scope::Closing)));
        assert_eq!(paid.refund(Some(Fen(9000))), Ok((Fen(9000), Scope::Closing)));
        assert_eq!(paid.refund(Some(Fen(8999))), Ok((Fen(8999), Scope::Partial)));
        for status in [OrderStatus::Shipped, OrderStatus::Done] {
            assert_eq!(order(status, 0).refund(None), Ok((Fen(9800), Scope::Partial)));
        }
    }

    #[test]
    fn no_more_goes_back_than_was_paid() {
        let left = Fen(9000);
        for amount in [0, -1, 9001, i64::MAX, i64::MIN] {
            let refused = order(OrderStatus::Shipped, 800).refund(Some(Fen(amount)));
            assert_eq!(refused, Err(NoRefund::Amount { left }), "{amount}");
        }
        let left = Fen::ZERO;
        assert_eq!(
            order(OrderStatus::Done, 9800).refund(None),
            Err(NoRefund::Amount { left })
        );
    }

    #[test]
    fn only_orders_that_have_money_give_some_back() {
        let with_money = [OrderStatus::Paid, OrderStatus::Shipped, OrderStatus::Done];
        for status in OrderStatus::ALL {
            let is_refused = order(status, 0).refund(None) == Err(NoRefund::Status(status));
            assert_eq!(is_refused, !with_money.contains(&status), "{status:?}");
        }
    }

    #[test]
    fn every_step_of_a_refund_is_in_the_table() {
        use RefundAction::{Approve, Decline, Finish, Refuse};
        use RefundStatus::{Asked, Declined, Done, Refused, Sent};
        let steps = [
            (Asked, [Some(Sent), Some(Declined), None, None]),
            (Sent, [None, None, Some(Done), Some(Refused)]),
            (Done, [None; 4]),
            (Refused, [None, None, Some(Done), None]),
            (Declined, [None; 4]),
        ];
        for (status, expected) in steps {
            let reached = [Approve, Decline, Finish, Refuse].map(|action| status.apply(action));
            assert_eq!(reached, expected, "{status:?}");
            assert_eq!(RefundStatus::from_number(status.number()), Some(status));
            assert_eq!(RefundStatus::from_word(status.word()), Some(status));
        }
    }
}
