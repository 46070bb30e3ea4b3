//! What happened to an order: all of it for staff, in friendly words for its buyer.

use chrono::{DateTime, Utc};

use crate::domain::order_state::OrderStatus;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// Where the order stood.
    pub from: OrderStatus,
    /// Where it stood afterwards.
    pub to: OrderStatus,
    /// What it was: the first word names it, the rest says more.
    pub cause: String,
    /// Who did it: `user 7`, `staff 3`, `job`, `pays`.
    pub actor: String,
    /// What a person wrote about it.
    pub detail: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// The same words in the shop's two languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

/// A thing in the buyer's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FriendlyHappening<'h> {
    /// What happened.
    pub words: Words,
    /// More of it that the buyer may know: carrier and tracking number, why staff declined.
    pub detail: Option<&'h str>,
}

impl Happening {
    /// How the buyer is told. `None` for what is the shop's own business.
    pub fn friendly(&self) -> Option<FriendlyHappening<'_>> {
        let words = self.words()?;
        let (zh, en) = words;
        let is_for_buyer = matches!(self.name(), "Ship" | "RefundDeclined");
        Some(FriendlyHappening {
            words: Words { zh, en },
            detail: self.detail.as_deref().filter(|_| is_for_buyer),
        })
    }

    fn name(&self) -> &str {
        self.cause.split(' ').next().unwrap_or_default()
    }

    fn words(&self) -> Option<(&'static str, &'static str)> {
        let is_by_job = self.actor == "job";
        match self.name() {
            "Complete" => Some(("订单已提交，请尽快付款", "Order placed, waiting for your payment")),
            "Pay" => Some((
                "付款成功，商家正在备货",
                "Payment received, we are packing your parcel",
            )),
            "Cancel" if is_by_job => Some((
                "超时未付款，订单已取消",
                "Not paid in time, the order was cancelled",
            )),
            "Cancel" => Some(("您取消了订单", "You cancelled the order")),
            "Ship" => Some(("商品已发出", "Your parcel is on its way")),
            "ConfirmReceipt" if is_by_job => {
                Some(("系统已自动确认收货", "Receipt was confirmed automatically"))
            }
            "ConfirmReceipt" => Some(("您已确认收货", "You confirmed receipt")),
            "RequestRefund" => Some(("退款处理中", "Your refund is under way")),
            "FinishRefund" => Some(("退款成功，订单已关闭", "Your money is back, the order is closed")),
            "RefuseRefund" => Some((
                "退款未成功，请联系客服",
                "The refund did not succeed, please contact us",
            )),
            "RefundPart" => Some(("部分退款处理中", "A part of your money is on its way back")),
            "RefundAsked" => Some(("售后申请已提交", "Your request for a refund was received")),
            "RefundDeclined" => Some(("售后申请未通过", "Your request for a refund was declined")),
            "RefundRequested" => Some((
                "多付的款项正在退回",
                "Money that was paid too much or too late is on its way back",
            )),
            "PaymentRefunded" => Some(("退款已到账", "Money is back in your account")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn happening(cause: &str, actor: &str) -> Happening {
        Happening {
            from: OrderStatus::Pending,
            to: OrderStatus::Pending,
            cause: cause.into(),
            actor: actor.into(),
            detail: Some("written".into()),
            at: DateTime::UNIX_EPOCH,
        }
    }

    fn english(cause: &str, actor: &str) -> Option<&'static str> {
        happening(cause, actor)
            .friendly()
            .map(|friendly| friendly.words.en)
    }

    #[test]
    fn a_buyer_is_told_who_cancelled() {
        assert_eq!(english("Cancel", "user 7"), Some("You cancelled the order"));
        assert_eq!(
            english("Cancel", "job"),
            Some("Not paid in time, the order was cancelled")
        );
    }

    #[test]
    fn what_stands_behind_the_first_word_does_not_matter() {
        assert_eq!(english("Pay trade T1", "pays"), english("Pay", "pays"));
    }

    #[test]
    fn notes_and_what_failed_are_the_shops_own_business() {
        for cause in ["Note", "Fail", "Hide", "RefundRefused provider says no"] {
            assert_eq!(happening(cause, "staff 3").friendly(), None, "{cause}");
        }
    }

    #[test]
    fn only_what_is_meant_for_the_buyer_is_shown_of_what_staff_write() {
        let detail = |cause| {
            let happening = happening(cause, "staff 3");
            happening
                .friendly()
                .and_then(|friendly| friendly.detail.map(str::to_owned))
        };
        assert_eq!(detail("Ship").as_deref(), Some("written"));
        assert_eq!(detail("RefundDeclined").as_deref(), Some("written"));
        assert_eq!(detail("RefundPart 1.00"), None);
    }
}
