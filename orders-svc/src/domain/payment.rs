//! What becomes of money that arrived for an order.

use common::contracts::events::orders::RefundReason;
use common::money::Fen;

use crate::domain::order_state::OrderStatus;

/// Verified money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The provider's trade.
    pub trade_no: String,
    /// What arrived.
    pub amount: Fen,
}

/// What the order knows of money so far.
#[derive(Clone, Copy, Debug)]
pub struct PayableOrder<'o> {
    /// Where it stands.
    pub status: OrderStatus,
    /// What it costs.
    pub total: Fen,
    /// The trade that paid it.
    pub trade_no: Option<&'o str>,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The order is paid.
    Accept,
    /// It was paid by this very trade before.
    AcceptedBefore,
    /// The money goes back.
    Refund(RefundReason),
    /// The checkout is under way: ask again later.
    TooEarly,
}

/// Judges `payment` for `order` (reliability §5.1: applied to exactly one order or refunded, always).
pub fn judge(order: PayableOrder<'_>, payment: &Payment) -> Verdict {
    match order.status {
        OrderStatus::Pending if order.total == payment.amount => Verdict::Accept,
        OrderStatus::Pending => Verdict::Refund(RefundReason::Amount),
        OrderStatus::Creating => Verdict::TooEarly,
        OrderStatus::Cancelled | OrderStatus::Failed => Verdict::Refund(RefundReason::Late),
        OrderStatus::Paid
        | OrderStatus::Shipped
        | OrderStatus::Done
        | OrderStatus::Refunding
        | OrderStatus::Refunded => {
            if order.trade_no == Some(payment.trade_no.as_str()) {
                Verdict::AcceptedBefore
            } else {
                Verdict::Refund(RefundReason::Duplicate)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(status: OrderStatus, trade_no: Option<&str>, amount: i64) -> Verdict {
        let payment = Payment {
            trade_no: "T1".into(),
            amount: Fen(amount),
        };
        judge(
            PayableOrder {
                status,
                total: Fen(9800),
                trade_no,
            },
            &payment,
        )
    }

    #[test]
    fn every_status_knows_what_to_do_with_money() {
        use OrderStatus as S;
        let (late, twice) = (
            Verdict::Refund(RefundReason::Late),
            Verdict::Refund(RefundReason::Duplicate),
        );
        let expected = [
            (S::Pending, None, Verdict::Accept),
            (S::Creating, None, Verdict::TooEarly),
            (S::Cancelled, None, late),
            (S::Failed, None, late),
        ];
        for (status, trade_no, verdict_expected) in expected {
            assert_eq!(verdict(status, trade_no, 9800), verdict_expected, "{status:?}");
        }
        for status in [S::Paid, S::Shipped, S::Done, S::Refunding, S::Refunded] {
            assert_eq!(
                verdict(status, Some("T1"), 9800),
                Verdict::AcceptedBefore,
                "{status:?}"
            );
            assert_eq!(verdict(status, Some("T2"), 9800), twice, "{status:?}");
        }
    }

    #[test]
    fn only_the_exact_amount_pays() {
        for amount in [0, -9800, 9799, 9801, 980_000] {
            assert_eq!(
                verdict(OrderStatus::Pending, None, amount),
                Verdict::Refund(RefundReason::Amount)
            );
        }
    }
}
