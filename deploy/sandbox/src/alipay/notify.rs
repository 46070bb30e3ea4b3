//! The asynchronous notify: what is kept of it and the message that is made of it for each attempt.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::alipay::ladder;
use crate::alipay::signature::{Params, notify_text};
use crate::alipay::trade::{Trade, TradeStatus};
use crate::clock::wire_time;
use crate::money::Fen;
use crate::state::State;
use crate::switches::NotifySwitch;

/// The buyer of every trade.
pub(crate) const BUYER_ID: &str = "2088000200000002";
/// The buyer's account, masked as Alipay shows it to merchants.
pub(crate) const BUYER_LOGON_ID: &str = "dad***@example.com";
const OTHER_MERCHANTS_APP_ID: &str = "9021000999999999";

/// One fact that the merchant is told until it answers `success`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Notice {
    /// The same in every attempt.
    pub(crate) notify_id: String,
    /// The trade's status when it happened.
    pub(crate) trade_status: TradeStatus,
    /// Present when a refund is the reason.
    pub(crate) refund: Option<RefundNote>,
    /// Oldest first.
    pub(crate) attempts: Vec<Attempt>,
}

/// The fields that only a refund's notify has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RefundNote {
    /// The sum of all refunds so far.
    pub(crate) refund_fee: Fen,
    /// With milliseconds, unlike all other times.
    pub(crate) gmt_refund: String,
    /// The merchant's number of this refund.
    pub(crate) out_biz_no: String,
}

/// One try to deliver a notice.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Attempt {
    /// The rung of the ladder, from 0.
    pub(crate) step: usize,
    /// By the ladder's clock.
    pub(crate) at: DateTime<Utc>,
    /// What the merchant answered, if it did.
    pub(crate) http_status: Option<u16>,
    /// The beginning of its body.
    pub(crate) answer: Option<String>,
    /// Why there is no answer.
    pub(crate) error: Option<String>,
}

impl Attempt {
    /// Exactly the seven bytes, with status 200: anything else is repeated.
    pub(crate) fn is_accepted(&self) -> bool {
        self.http_status == Some(200) && self.answer.as_deref() == Some("success")
    }
}

impl Notice {
    pub(crate) fn new(notify_id: String, trade_status: TradeStatus, refund: Option<RefundNote>) -> Notice {
        Notice {
            notify_id,
            trade_status,
            refund,
            attempts: Vec::new(),
        }
    }

    /// Whether the merchant accepted it.
    pub(crate) fn is_accepted(&self) -> bool {
        self.attempts.iter().any(Attempt::is_accepted)
    }

    /// Whether there will be no further attempt.
    pub(crate) fn is_over(&self) -> bool {
        self.is_accepted() || self.next_step() == ladder::STEPS
    }

    /// The rung to try next.
    pub(crate) fn next_step(&self) -> usize {
        self.attempts.last().map_or(0, |attempt| attempt.step + 1)
    }
}

/// The signed form fields of one attempt, spoilt as the switch says.
pub(crate) fn message(state: &State, trade: &Trade, notice: &Notice) -> anyhow::Result<Params> {
    let switch = state.switches.now().notify;
    let mut fields = fields(state, trade, notice);
    match switch {
        NotifySwitch::WrongAmount => {
            let wrong = Fen(trade.total_amount.0 + 1);
            fields.insert("total_amount".to_owned(), wrong.to_string());
        }
        NotifySwitch::WrongAppId => {
            fields.insert("app_id".to_owned(), OTHER_MERCHANTS_APP_ID.to_owned());
        }
        NotifySwitch::On
        | NotifySwitch::Off
        | NotifySwitch::Duplicate
        | NotifySwitch::WrongSign
        | NotifySwitch::Slow
        | NotifySwitch::Reordered => {}
    }
    let mut text = notify_text(&fields);
    if switch == NotifySwitch::WrongSign {
        text.push_str(" spoilt");
    }
    fields.insert("sign".to_owned(), state.keys.sign(&text)?);
    Ok(fields)
}

fn fields(state: &State, trade: &Trade, notice: &Notice) -> Params {
    let total = trade.total_amount.to_string();
    let fund_bill_list = format!(r#"[{{"amount":"{total}","fundChannel":"ALIPAYACCOUNT"}}]"#);
    let mut fields: Params = [
        ("app_id", state.settings.app_id.as_str()),
        ("auth_app_id", &state.settings.app_id),
        ("buyer_id", BUYER_ID),
        ("buyer_logon_id", BUYER_LOGON_ID),
        ("charset", "utf-8"),
        ("gmt_create", &wire_time(trade.created_at)),
        ("notify_id", &notice.notify_id),
        ("notify_time", &wire_time(state.clock.now())),
        ("notify_type", "trade_status_sync"),
        ("out_trade_no", &trade.out_trade_no),
        ("seller_id", &state.settings.seller_id),
        ("sign_type", "RSA2"),
        ("subject", &trade.subject),
        ("total_amount", &total),
        ("trade_no", &trade.trade_no),
        ("trade_status", notice.trade_status.as_str()),
        ("version", "1.0"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let mut add = |name: &str, value: &str| fields.insert(name.to_owned(), value.to_owned());
    if let Some(paid_at) = trade.paid_at {
        add("gmt_payment", &wire_time(paid_at));
        add("receipt_amount", &total);
        add("invoice_amount", &total);
        add("buyer_pay_amount", &total);
        add("point_amount", "0.00");
        add("fund_bill_list", &fund_bill_list);
    }
    if let Some(closed_at) = trade
        .closed_at
        .filter(|_| notice.trade_status == TradeStatus::TradeClosed)
    {
        add("gmt_close", &wire_time(closed_at));
    }
    if let Some(refund) = &notice.refund {
        add("refund_fee", &refund.refund_fee.to_string());
        add("gmt_refund", &refund.gmt_refund);
        add("out_biz_no", &refund.out_biz_no);
    }
    fields
}
