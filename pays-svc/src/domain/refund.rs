//! A refund: money that no order may keep, and how it goes back once and only once.

use chrono::{DateTime, TimeDelta, Utc};
use common::contracts::events::orders::RefundReason;
use common::contracts::ids::OrderId;
use common::money::Fen;

/// The provider wants this pause before it can say what became of a refund (reliability §5.2).
pub(crate) const BEFORE_QUERY: TimeDelta = TimeDelta::seconds(10);

/// The provider wants this pause between two refunds of one trade.
pub(crate) const BETWEEN_REFUNDS: TimeDelta = TimeDelta::seconds(3);

/// The longest pause: short enough that money goes back within five minutes of the provider's recovery (I5).
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(4);

/// Then a person takes over: after about a day and a half.
const MAX_TRIES: u32 = 540;

/// From this many tries on someone must look.
pub(crate) const ALERT_AFTER_TRIES: u32 = 5;

/// Money on its way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refund {
    /// Names the refund at the provider for ever: the same number never moves money twice.
    pub(crate) out_request_no: String,
    /// The same, where orders-svc gave the number: then it is told back.
    pub(crate) refund_no: Option<String>,
    /// The provider's trade.
    pub(crate) trade_no: String,
    /// The order it was paid for.
    pub(crate) order_id: OrderId,
    /// How much goes back.
    pub(crate) amount: Fen,
    /// Why.
    pub(crate) reason: RefundReason,
    /// Where it stands.
    pub(crate) status: RefundStatus,
    /// How often the provider was called for it.
    pub(crate) tries: u32,
    /// When it is to be looked at next.
    pub(crate) next_at: DateTime<Utc>,
    /// Why it needs or needed a person, in the provider's words.
    pub(crate) failure: Option<String>,
    /// When the money went back, once it is done.
    pub(crate) refunded_at: Option<DateTime<Utc>>,
    /// When it was requested.
    pub(crate) created_at: DateTime<Utc>,
}

/// Where a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefundStatus {
    /// The provider knows nothing of it.
    New,
    /// The provider was called; it may or may not have moved the money.
    Sent,
    /// The money is back with the buyer.
    Done,
    /// The provider refuses for good, or keeps silent for too long: a person must act.
    NeedsHuman,
    /// A person decided that no money goes back.
    Refused,
}

/// What can happen to a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefundAction {
    /// The provider is about to be called.
    Send,
    /// The provider says that the money went back.
    Confirm,
    /// It will not work without a person.
    GiveUp,
    /// A person wants it tried again.
    Retry,
    /// A person decides that no money goes back.
    Refuse,
}

/// A step that a refund cannot take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a refund that is {status:?} cannot {action:?}")]
pub(crate) struct IllegalStep {
    status: RefundStatus,
    action: RefundAction,
}

impl RefundStatus {
    const ALL: [Self; 5] = [Self::New, Self::Sent, Self::Done, Self::NeedsHuman, Self::Refused];

    /// Its name, as it is stored and shown.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Sent => "sent",
            Self::Done => "done",
            Self::NeedsHuman => "needs_human",
            Self::Refused => "refused",
        }
    }

    /// The status of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// The status after `action`.
    pub(crate) fn apply(self, action: RefundAction) -> Result<Self, IllegalStep> {
        match (self, action) {
            (Self::New | Self::Sent, RefundAction::Send | RefundAction::GiveUp)
            | (Self::New | Self::Sent | Self::NeedsHuman, RefundAction::Confirm)
            | (Self::NeedsHuman, RefundAction::Retry | RefundAction::Refuse) => Ok(action.leads_to()),
            (status, action) => Err(IllegalStep { status, action }),
        }
    }

    /// The statuses in which `action` is possible: what a conditional update tests.
    pub(crate) fn before(action: RefundAction) -> impl Iterator<Item = Self> {
        Self::ALL
            .into_iter()
            .filter(move |status| status.apply(action).is_ok())
    }
}

impl RefundAction {
    /// The status after it, where it is possible at all.
    pub(crate) fn leads_to(self) -> RefundStatus {
        match self {
            Self::Send => RefundStatus::Sent,
            Self::Confirm => RefundStatus::Done,
            Self::GiveUp => RefundStatus::NeedsHuman,
            // Not to `New`: an earlier call may have had its effect, so that the provider is asked first.
            Self::Retry => RefundStatus::Sent,
            Self::Refuse => RefundStatus::Refused,
        }
    }
}

/// The reason as it is stored, and part of the refund's number: never to be changed.
pub(crate) fn reason_name(reason: RefundReason) -> &'static str {
    match reason {
        RefundReason::Late => "late",
        RefundReason::Duplicate => "duplicate",
        RefundReason::Amount => "amount",
        RefundReason::Buyer => "buyer",
        RefundReason::Staff => "staff",
    }
}

/// When to look again after try number `tries` whose outcome is unknown; `None` when a person must take over.
pub(crate) fn next_try(tries: u32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let doubled = BEFORE_QUERY * (1 << tries.saturating_sub(1).min(10));
    (tries < MAX_TRIES).then(|| now + doubled.min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn every_step_of_a_refund_is_in_the_table() {
        use RefundAction::{Confirm, GiveUp, Refuse, Retry, Send};
        use RefundStatus::{Done, NeedsHuman, New, Refused, Sent};
        let table = [
            (New, Send, Some(Sent)),
            (New, Confirm, Some(Done)),
            (New, GiveUp, Some(NeedsHuman)),
            (Sent, Send, Some(Sent)),
            (Sent, Confirm, Some(Done)),
            (Sent, GiveUp, Some(NeedsHuman)),
            (Done, Send, None),
            (Done, Confirm, None),
            (Done, GiveUp, None),
            (NeedsHuman, Send, None),
            (NeedsHuman, Confirm, Some(Done)),
            (NeedsHuman, GiveUp, None),
            (New, Retry, None),
            (New, Refuse, None),
            (Sent, Retry, None),
            (Sent, Refuse, None),
            (Done, Retry, None),
            (Done, Refuse, None),
            (NeedsHuman, Retry, Some(Sent)),
            (NeedsHuman, Refuse, Some(Refused)),
            (Refused, Send, None),
            (Refused, Confirm, None),
            (Refused, GiveUp, None),
            (Refused, Retry, None),
            (Refused, Refuse, None),
        ];
        for (status, action, next) in table {
            assert_eq!(status.apply(action).ok(), next, "{status:?} {action:?}");
        }
    }

    #[test]
    fn the_provider_is_never_asked_sooner_than_it_can_answer() {
        let now = Utc.with_ymd_and_hms(2026, 11, 21, 0, 0, 0).unwrap();
        let pause = |tries| next_try(tries, now).map(|at| (at - now).num_seconds());
        assert_eq!(pause(1), Some(10));
        assert_eq!(pause(2), Some(20));
        assert_eq!(pause(100), Some(240));
        assert_eq!(pause(540), None);
    }
}
