//! THE state machine of a trade: pure, told the time from outside.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::alipay::failure::Failure;
use crate::alipay::notify::{Notice, RefundNote};
use crate::clock::gmt8;
use crate::money::Fen;

/// How many refunds one trade takes.
const MAX_REFUNDS: usize = 50;

/// `trade_status` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum TradeStatus {
    /// The buyer has opened the cashier and not paid.
    WaitBuyerPay,
    /// Paid; can be refunded.
    TradeSuccess,
    /// Never paid in time, closed by the merchant, or refunded in full.
    TradeClosed,
    /// Paid, and the time for refunds is over.
    TradeFinished,
}

impl TradeStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            TradeStatus::WaitBuyerPay => "WAIT_BUYER_PAY",
            TradeStatus::TradeSuccess => "TRADE_SUCCESS",
            TradeStatus::TradeClosed => "TRADE_CLOSED",
            TradeStatus::TradeFinished => "TRADE_FINISHED",
        }
    }
}

/// What a valid page-pay request asks for.
#[derive(Clone, Debug)]
pub(crate) struct PagePayOrder {
    pub(crate) out_trade_no: String,
    pub(crate) subject: String,
    pub(crate) total_amount: Fen,
    pub(crate) expires_at: Option<DateTime<Utc>>,
    pub(crate) return_url: Option<String>,
    pub(crate) quit_url: Option<String>,
    pub(crate) notify_url: Option<String>,
    pub(crate) cashier: CashierKind,
}

/// Which cashier was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CashierKind {
    /// `alipay.trade.page.pay`.
    #[default]
    Page,
    /// `alipay.trade.wap.pay`.
    Wap,
}

/// One trade, as it is stored and as `GET /api/alipay/trades/{out_trade_no}` shows it. Times are UTC.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Trade {
    /// The merchant's number.
    pub(crate) out_trade_no: String,
    /// Alipay's number.
    pub(crate) trade_no: String,
    /// Where it stands.
    pub(crate) status: TradeStatus,
    /// What the buyer reads.
    pub(crate) subject: String,
    /// What the order costs.
    pub(crate) total_amount: Fen,
    /// When the cashier was first opened.
    pub(crate) created_at: DateTime<Utc>,
    /// After this it can no longer be paid.
    pub(crate) expires_at: Option<DateTime<Utc>>,
    /// When it was paid.
    pub(crate) paid_at: Option<DateTime<Utc>>,
    /// When it was closed, by whatever cause.
    pub(crate) closed_at: Option<DateTime<Utc>>,
    /// Where the buyer goes afterwards.
    pub(crate) return_url: Option<String>,
    /// Where a buyer goes who gives up, if somewhere else.
    #[serde(default)]
    pub(crate) quit_url: Option<String>,
    /// Which cashier was opened last.
    #[serde(default)]
    pub(crate) cashier: CashierKind,
    /// Where notifies go.
    pub(crate) notify_url: Option<String>,
    /// In the order they happened.
    pub(crate) refunds: Vec<Refund>,
    /// What the merchant was told or will be, oldest first.
    pub(crate) notices: Vec<Notice>,
}

/// Money given back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refund {
    /// The merchant's number of this refund.
    pub(crate) out_request_no: String,
    /// How much.
    pub(crate) amount: Fen,
    /// When.
    pub(crate) at: DateTime<Utc>,
}

/// `fund_change` of a refund answer: whether this very request moved money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FundChange {
    Yes,
    No,
}

impl Trade {
    pub(crate) fn open(order: PagePayOrder, trade_no: String, now: DateTime<Utc>) -> Trade {
        Trade {
            out_trade_no: order.out_trade_no,
            trade_no,
            status: TradeStatus::WaitBuyerPay,
            subject: order.subject,
            total_amount: order.total_amount,
            created_at: now,
            expires_at: order.expires_at,
            paid_at: None,
            closed_at: None,
            return_url: order.return_url,
            quit_url: order.quit_url,
            cashier: order.cashier,
            notify_url: order.notify_url,
            refunds: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// The pay URL was opened again: the same trade goes on, with the newest addresses.
    pub(crate) fn reopen(&mut self, order: PagePayOrder) -> Result<(), Failure> {
        if order.total_amount != self.total_amount || order.subject != self.subject {
            return Err(Failure::ContextInconsistent);
        }
        self.must_be_unpaid()?;
        self.expires_at = order.expires_at;
        self.return_url = order.return_url;
        self.quit_url = order.quit_url;
        self.cashier = order.cashier;
        self.notify_url = order.notify_url;
        Ok(())
    }

    pub(crate) fn pay(&mut self, now: DateTime<Utc>) -> Result<(), Failure> {
        self.must_be_unpaid()?;
        self.status = TradeStatus::TradeSuccess;
        self.paid_at = Some(now);
        self.announce(None, now);
        Ok(())
    }

    fn must_be_unpaid(&self) -> Result<(), Failure> {
        match self.status {
            TradeStatus::WaitBuyerPay => Ok(()),
            TradeStatus::TradeSuccess | TradeStatus::TradeFinished => Err(Failure::TradeHasSuccess),
            TradeStatus::TradeClosed => Err(Failure::TradeHasClose),
        }
    }

    /// `alipay.trade.close`: only an unpaid trade can be closed.
    pub(crate) fn close(&mut self, now: DateTime<Utc>) -> Result<(), Failure> {
        if self.status != TradeStatus::WaitBuyerPay {
            return Err(Failure::TradeStatusError);
        }
        self.status = TradeStatus::TradeClosed;
        self.closed_at = Some(now);
        self.announce(None, now);
        Ok(())
    }

    /// Whether it has to be closed because nobody paid in time.
    pub(crate) fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.status == TradeStatus::WaitBuyerPay
            && self.expires_at.is_some_and(|expires_at| expires_at <= now)
    }

    /// The time for refunds is over; at the real Alipay after a year, here on request.
    pub(crate) fn finish(&mut self, now: DateTime<Utc>) -> Result<(), Failure> {
        if self.status != TradeStatus::TradeSuccess {
            return Err(Failure::TradeStatusError);
        }
        self.status = TradeStatus::TradeFinished;
        self.announce(None, now);
        Ok(())
    }

    /// Gives money back once per `out_request_no`; the last fen closes the trade.
    pub(crate) fn refund(
        &mut self,
        out_request_no: String,
        amount: Fen,
        now: DateTime<Utc>,
    ) -> Result<FundChange, Failure> {
        if let Some(earlier) = self.refund_by(&out_request_no) {
            let is_same = earlier.amount == amount;
            return if is_same {
                Ok(FundChange::No)
            } else {
                Err(Failure::DiscordantRepeatRequest)
            };
        }
        self.must_be_refundable()?;
        if amount.0 <= 0 || self.refunds.len() == MAX_REFUNDS {
            return Err(Failure::InvalidParameter("refund_amount".to_owned()));
        }
        let refunded = Fen(self.refunded().0 + amount.0);
        if refunded > self.total_amount {
            return Err(Failure::RefundExceedsPayment);
        }
        let out_biz_no = out_request_no.clone();
        self.refunds.push(Refund {
            out_request_no,
            amount,
            at: now,
        });
        if refunded == self.total_amount {
            self.status = TradeStatus::TradeClosed;
            self.closed_at = Some(now);
        }
        let gmt_refund = gmt8(now, "%Y-%m-%d %H:%M:%S%.3f");
        self.announce(
            Some(RefundNote {
                refund_fee: refunded,
                gmt_refund,
                out_biz_no,
            }),
            now,
        );
        Ok(FundChange::Yes)
    }

    /// A trade that was refunded in full counts as refundable: the amount is what then stands against it.
    fn must_be_refundable(&self) -> Result<(), Failure> {
        match self.status {
            TradeStatus::TradeSuccess => Ok(()),
            TradeStatus::TradeClosed if self.paid_at.is_some() => Ok(()),
            TradeStatus::WaitBuyerPay | TradeStatus::TradeClosed => Err(Failure::TradeStatusError),
            TradeStatus::TradeFinished => Err(Failure::TradeHasFinished),
        }
    }

    pub(crate) fn refund_by(&self, out_request_no: &str) -> Option<&Refund> {
        self.refunds
            .iter()
            .find(|refund| refund.out_request_no == out_request_no)
    }

    /// The sum of all refunds.
    pub(crate) fn refunded(&self) -> Fen {
        Fen(self.refunds.iter().map(|refund| refund.amount.0).sum())
    }

    fn announce(&mut self, refund: Option<RefundNote>, now: DateTime<Utc>) {
        if self.notify_url.is_some() {
            let date = gmt8(now, "%Y%m%d");
            let notify_id = format!("{date}00222{:03}{}", self.notices.len(), self.trade_no);
            self.notices.push(Notice::new(notify_id, self.status, refund));
        }
    }
}

#[cfg(test)]
mod tests;
