//! What all handlers and tasks of one sandbox share.

use tokio_util::sync::CancellationToken;

use crate::alipay::bill::Bills;
use crate::alipay::signature::GatewayKeys;
use crate::alipay::trades::TradeBook;
use crate::clock::LadderClock;
use crate::inbox::Inbox;
use crate::mail::Mail;
use crate::settings::SandboxSettings;
use crate::sms::Sms;
use crate::switches::SwitchBoard;
use crate::weibo::WeiboCodes;

pub(crate) struct State {
    pub(crate) settings: SandboxSettings,
    pub(crate) keys: GatewayKeys,
    pub(crate) trades: TradeBook,
    pub(crate) bills: Bills,
    pub(crate) clock: LadderClock,
    pub(crate) switches: SwitchBoard,
    pub(crate) sms: Inbox<Sms>,
    pub(crate) mail: Inbox<Mail>,
    pub(crate) weibo: WeiboCodes,
    /// Cancelled when the sandbox stops: whoever waits long must also wait for this.
    pub(crate) stopping: CancellationToken,
}
