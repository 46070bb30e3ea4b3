//! THE table of failure switches: what each outside party can be told to do wrong, changed by `PUT /api/switches`.

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// All switches; every one is `on` (works) after a start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Switches {
    /// Alipay's asynchronous notify; read at every attempt.
    pub(crate) notify: NotifySwitch,
    /// Answers of `alipay.trade.query`.
    pub(crate) query: QuerySwitch,
    /// Answers of `alipay.trade.refund`.
    pub(crate) refund: RefundSwitch,
    /// All of Alipay's gateway but the cashier.
    pub(crate) gateway: GatewaySwitch,
    /// The buyer's account at the cashier.
    pub(crate) buyer: BuyerSwitch,
    /// Alipay's bills.
    pub(crate) bill: BillSwitch,
    /// Ronglian SMS.
    pub(crate) sms: SmsSwitch,
    /// The SMTP server.
    pub(crate) smtp: SmtpSwitch,
    /// The exchange of Weibo's codes.
    pub(crate) weibo: WeiboSwitch,
}

/// What happens to each attempt of a notify.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NotifySwitch {
    #[default]
    /// Sent once, right.
    On,
    /// Lost on the way: the attempt counts, nothing is sent.
    Off,
    /// Sent twice, one right after the other.
    Duplicate,
    /// Signed over another text.
    WrongSign,
    /// `total_amount` is one fen too high; rightly signed.
    WrongAmount,
    /// `app_id` is another merchant's; rightly signed.
    WrongAppId,
    /// Sent five seconds late by the ladder's clock.
    Slow,
    /// Every second notice of a trade is sent at once, those before it ten seconds late by the ladder's clock: news
    /// arrives before what it follows.
    Reordered,
}

/// How `alipay.trade.query` is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum QuerySwitch {
    #[default]
    /// Truly.
    On,
    /// With code 20000 `isp.unknow-error`, rightly signed.
    Error,
    /// Not for 30 s, then like `error`.
    Hang,
    /// Truly, but signed over another text.
    WrongSign,
}

/// How `alipay.trade.refund` is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RefundSwitch {
    #[default]
    /// Truly.
    On,
    /// With code 20000 `isp.unknow-error`, and nothing is done.
    Error,
    /// With `ACQ.SELLER_BALANCE_NOT_ENOUGH`.
    Refused,
    /// Done, but answered with status 502.
    Lost,
}

/// How Alipay's gateway answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GatewaySwitch {
    #[default]
    /// As it should.
    On,
    /// With status 502, and nothing is done. The cashier stays open.
    Down,
    /// Two seconds late.
    Slow,
}

/// What the buyer has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BuyerSwitch {
    #[default]
    /// Enough.
    On,
    /// Too little, whatever the account.
    Poor,
}

/// What stands in a bill.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BillSwitch {
    #[default]
    /// What happened.
    On,
    /// There is none.
    Off,
    /// One fen too much in the first line.
    WrongAmount,
    /// All but the first line.
    MissingLine,
}

/// How an SMS request is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SmsSwitch {
    #[default]
    /// Accepted and delivered.
    On,
    /// With the provider's 160050, nothing delivered.
    Error,
    /// Accepted and delivered after five seconds.
    Slow,
    /// With HTTP 503, nothing delivered.
    Unavailable,
    /// Delivered, but the answer breaks off: the sender cannot know.
    LostAnswer,
}

/// How mail is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SmtpSwitch {
    #[default]
    /// Accepted.
    On,
    /// `MAIL FROM` is answered 451, a passing failure.
    Error,
    /// `RCPT TO` is answered 550, for good.
    Refuse,
    /// Every answer comes a second late.
    Slow,
    /// Connections are closed as soon as they are open.
    Off,
}

/// How a code of Weibo's is exchanged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WeiboSwitch {
    #[default]
    /// For a token and the user's id.
    On,
    /// For an error object: the service is busy.
    Error,
    /// As if the code had expired.
    Expired,
    /// For an answer without the user's id.
    NoUid,
    /// For a page of a proxy.
    Html,
    /// After eight seconds.
    Slow,
}

/// The body of `PUT /api/switches`: the switches to change. Unknown names and values are refused.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SwitchChange {
    notify: Option<NotifySwitch>,
    query: Option<QuerySwitch>,
    refund: Option<RefundSwitch>,
    gateway: Option<GatewaySwitch>,
    buyer: Option<BuyerSwitch>,
    bill: Option<BillSwitch>,
    sms: Option<SmsSwitch>,
    smtp: Option<SmtpSwitch>,
    weibo: Option<WeiboSwitch>,
}

/// The switches as they stand now.
#[derive(Default)]
pub(crate) struct SwitchBoard(watch::Sender<Switches>);

impl SwitchBoard {
    pub(crate) fn now(&self) -> Switches {
        *self.0.borrow()
    }

    /// Changes what `change` names, all at once, and answers the new state.
    pub(crate) fn turn(&self, change: SwitchChange) -> Switches {
        self.0.send_modify(|switches| {
            switches.notify = change.notify.unwrap_or(switches.notify);
            switches.query = change.query.unwrap_or(switches.query);
            switches.refund = change.refund.unwrap_or(switches.refund);
            switches.gateway = change.gateway.unwrap_or(switches.gateway);
            switches.buyer = change.buyer.unwrap_or(switches.buyer);
            switches.bill = change.bill.unwrap_or(switches.bill);
            switches.sms = change.sms.unwrap_or(switches.sms);
            switches.smtp = change.smtp.unwrap_or(switches.smtp);
            switches.weibo = change.weibo.unwrap_or(switches.weibo);
        });
        self.now()
    }
}
