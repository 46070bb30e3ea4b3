//! What members of staff may do to payments, and that they say why.

use common::contracts::ids::UserId;

/// The longest reason, in letters.
const LONGEST_REASON: usize = 200;

/// A member of staff who acts, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clerk {
    /// Who.
    pub(crate) user_id: UserId,
    /// The name they log in with.
    pub(crate) username: String,
    /// Why.
    pub(crate) reason: Reason,
}

/// Why somebody acts: never empty, never a novel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason(String);

impl Reason {
    /// The reason in `text`, if it says anything.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_readable = !text.chars().any(char::is_control);
        ((2..=LONGEST_REASON).contains(&text.chars().count()) && is_readable).then(|| Self(text.to_owned()))
    }

    /// As it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// A refund is tried again.
    RetryRefund,
    /// A refund was paid back by hand, past the provider.
    MarkRefundDone,
    /// No money goes back.
    RefuseRefund,
    /// An anomaly was dealt with.
    ResolveAnomaly,
}

impl Act {
    /// Its name in the audit log: never to be changed.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::RetryRefund => "retry_refund",
            Self::MarkRefundDone => "mark_refund_done",
            Self::RefuseRefund => "refuse_refund",
            Self::ResolveAnomaly => "resolve_anomaly",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something_in_one_line() {
        assert_eq!(Reason::read(" 已电话退款 ").unwrap().as_str(), "已电话退款");
        for text in ["", " ", "x", "a\nb", &"长".repeat(201)] {
            assert_eq!(Reason::read(text), None, "{text:?}");
        }
    }
}
