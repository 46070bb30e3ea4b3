//! A trade at the provider: what a verified word of it says, and what that means for us.

use chrono::{DateTime, Utc};
use common::contracts::ids::OrderId;
use common::money::Fen;
use subtle::ConstantTimeEq;

/// Where a trade stands at the provider (Alipay's names).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TradeStatus {
    /// The buyer has opened the cashier and not paid.
    WaitBuyerPay,
    /// Paid; can be refunded. Told again at a partial refund.
    Success,
    /// Paid, and too late for a refund. May be the first word of a trade.
    Finished,
    /// Not paid in time, closed by us, or refunded in full.
    Closed,
}

impl TradeStatus {
    /// Whether its money arrived, and is there.
    pub(crate) fn is_paid(self) -> bool {
        match self {
            Self::Success | Self::Finished => true,
            Self::WaitBuyerPay | Self::Closed => false,
        }
    }

    /// Reads the provider's word for it.
    pub(crate) fn from_wire(text: &str) -> Option<Self> {
        match text {
            "WAIT_BUYER_PAY" => Some(Self::WaitBuyerPay),
            "TRADE_SUCCESS" => Some(Self::Success),
            "TRADE_FINISHED" => Some(Self::Finished),
            "TRADE_CLOSED" => Some(Self::Closed),
            _ => None,
        }
    }
}

/// One trade, by a verified word of the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trade {
    /// The provider's number.
    pub(crate) trade_no: String,
    /// Our number as the provider has it; not necessarily one of ours.
    pub(crate) out_trade_no: String,
    /// The order's sum: not what the buyer paid after coupons.
    pub(crate) amount: Fen,
    /// Where it stands.
    pub(crate) status: TradeStatus,
    /// When it was paid.
    pub(crate) paid_at: Option<DateTime<Utc>>,
}

/// A verified notify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    /// The same for all repetitions of one notify.
    pub(crate) notify_id: String,
    /// Whom the provider means to tell.
    pub(crate) recipient: Recipient,
    /// What it is about.
    pub(crate) trade: Trade,
    /// Present when it tells of a refund.
    pub(crate) refund: Option<RefundNote>,
    /// What was signed, with the buyer's personal fields blotted out: for the log table.
    pub(crate) evidence: String,
}

/// A merchant's account at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recipient {
    /// The application.
    pub(crate) app_id: String,
    /// The merchant.
    pub(crate) seller_id: String,
}

impl Recipient {
    /// Whether it is the account `ours`. Takes the same time whatever is in them.
    pub(crate) fn is(&self, ours: &Self) -> bool {
        let same_app = self.app_id.as_bytes().ct_eq(ours.app_id.as_bytes());
        let same_seller = self.seller_id.as_bytes().ct_eq(ours.seller_id.as_bytes());
        (same_app & same_seller).into()
    }
}

/// The refund fields of a notify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RefundNote {
    /// All that has gone back by now.
    pub(crate) refunded: Fen,
    /// Our number of the refund that is the news; absent when it was made in the provider's console.
    pub(crate) request_no: Option<String>,
    /// When the money went back.
    pub(crate) at: Option<DateTime<Utc>>,
}

/// What a verified notify asks of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning<'a> {
    /// Money arrived.
    Paid,
    /// A part went back, or everything.
    Refunded(&'a RefundNote),
    /// Nothing to do.
    Informational,
}

impl Notice {
    /// Success and finished pay, unless refund fields show that it is the news of a refund: in part under success, in
    /// full under closed. Nothing ever un-pays.
    pub(crate) fn meaning(&self) -> Meaning<'_> {
        match (self.trade.status, &self.refund) {
            (TradeStatus::Success | TradeStatus::Finished, None) => Meaning::Paid,
            (TradeStatus::Success | TradeStatus::Closed, Some(note)) => Meaning::Refunded(note),
            (TradeStatus::Finished, Some(_))
            | (TradeStatus::Closed, None)
            | (TradeStatus::WaitBuyerPay, _) => Meaning::Informational,
        }
    }
}

/// Verified money, ready to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Receipt {
    /// The order it is for.
    pub(crate) order_id: OrderId,
    /// The provider's trade.
    pub(crate) trade_no: String,
    /// How much.
    pub(crate) amount: Fen,
    /// How we know.
    pub(crate) source: ReceiptSource,
    /// When, by the provider's word.
    pub(crate) paid_at: DateTime<Utc>,
}

/// How we know of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReceiptSource {
    /// The provider told us.
    Notify,
    /// We asked.
    Query,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(refunded: Fen) -> RefundNote {
        RefundNote {
            refunded,
            request_no: None,
            at: None,
        }
    }

    fn notice(status: TradeStatus, refunded: Option<Fen>) -> Notice {
        Notice {
            notify_id: "n".into(),
            recipient: Recipient {
                app_id: "a".into(),
                seller_id: "s".into(),
            },
            trade: Trade {
                trade_no: "t".into(),
                out_trade_no: "o".into(),
                amount: Fen(100),
                status,
                paid_at: None,
            },
            refund: refunded.map(note),
            evidence: String::new(),
        }
    }

    #[test]
    fn only_success_and_finished_without_refund_fields_pay() {
        use TradeStatus::{Closed, Finished, Success, WaitBuyerPay};
        let refund = Some(Fen(100));
        let told = note(Fen(100));
        let table = [
            (Success, None, Meaning::Paid),
            (Finished, None, Meaning::Paid),
            (Success, refund, Meaning::Refunded(&told)),
            (Finished, refund, Meaning::Informational),
            (Closed, refund, Meaning::Refunded(&told)),
            (Closed, None, Meaning::Informational),
            (WaitBuyerPay, None, Meaning::Informational),
            (WaitBuyerPay, refund, Meaning::Informational),
        ];
        for (status, refunded, expected) in table {
            assert_eq!(
                notice(status, refunded).meaning(),
                expected,
                "{status:?} {refunded:?}"
            );
        }
    }

    #[test]
    fn unknown_statuses_are_not_guessed() {
        for text in ["", "TRADE_PENDING", "trade_success", "TRADE_SUCCESS "] {
            assert_eq!(TradeStatus::from_wire(text), None, "{text}");
        }
    }
}
