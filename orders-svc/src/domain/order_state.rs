//! THE state machine of an order (reliability §5.3).

use serde::{Deserialize, Serialize};

/// Where an order stands. 1–4 are the course's numbers; ours begin at 11, because list type 5 means "pay".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OrderStatus {
    /// 1 待付款: complete, stock held, waits for money.
    Pending,
    /// 2 待发货: paid.
    Paid,
    /// 3 待收货: on its way.
    Shipped,
    /// 4 订单完成: received.
    Done,
    /// 11: the checkout is under way; nobody sees it.
    Creating,
    /// 12: never paid; its stock went back.
    Cancelled,
    /// 13: the checkout came to nothing; nobody sees it.
    Failed,
    /// 15: paid, and the money is on its way back.
    Refunding,
    /// 16: the money went back.
    Refunded,
}

/// What can be done to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderAction {
    /// The checkout has stock and prices.
    Complete,
    /// The checkout is rolled back.
    Fail,
    /// Verified money of exactly its total arrived.
    Pay,
    /// Nobody paid in time, or the buyer does not want it any more.
    Cancel,
    /// The parcel left.
    Ship,
    /// The buyer has it.
    ConfirmReceipt,
    /// Buyer or staff want the money back before the parcel left.
    RequestRefund,
    /// The money went back.
    FinishRefund,
    /// The provider cannot pay back.
    RefuseRefund,
}

/// An action that an order in this status does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an order that is {from:?} does not take {action:?}")]
pub struct IllegalTransition {
    /// Where the order stands.
    pub from: OrderStatus,
    /// What was asked of it.
    pub action: OrderAction,
}

impl OrderStatus {
    /// Every status.
    pub const ALL: [Self; 9] = [
        Self::Pending,
        Self::Paid,
        Self::Shipped,
        Self::Done,
        Self::Creating,
        Self::Cancelled,
        Self::Failed,
        Self::Refunding,
        Self::Refunded,
    ];

    /// The statuses that a buyer sees among their orders.
    pub const LISTED: [Self; 7] = [
        Self::Pending,
        Self::Paid,
        Self::Shipped,
        Self::Done,
        Self::Cancelled,
        Self::Refunding,
        Self::Refunded,
    ];

    /// The number in the database and in answers.
    pub const fn number(self) -> i16 {
        match self {
            Self::Pending => 1,
            Self::Paid => 2,
            Self::Shipped => 3,
            Self::Done => 4,
            Self::Creating => 11,
            Self::Cancelled => 12,
            Self::Failed => 13,
            Self::Refunding => 15,
            Self::Refunded => 16,
        }
    }

    /// The status of that number.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.number() == number)
    }

    /// Where `action` leads from here.
    pub fn apply(self, action: OrderAction) -> Result<Self, IllegalTransition> {
        use OrderAction as Act;
        match (self, action) {
            (Self::Creating, Act::Complete) => Ok(Self::Pending),
            (Self::Creating, Act::Fail) => Ok(Self::Failed),
            (Self::Pending, Act::Pay) => Ok(Self::Paid),
            (Self::Pending, Act::Cancel) => Ok(Self::Cancelled),
            (Self::Paid, Act::Ship) => Ok(Self::Shipped),
            (Self::Shipped, Act::ConfirmReceipt) => Ok(Self::Done),
            (Self::Paid, Act::RequestRefund) => Ok(Self::Refunding),
            (Self::Refunding, Act::FinishRefund) => Ok(Self::Refunded),
            (Self::Refunding, Act::RefuseRefund) => Ok(Self::Paid),
            (from, action) => Err(IllegalTransition { from, action }),
        }
    }

    /// Whether its buyer sees it.
    pub fn is_listed(self) -> bool {
        Self::LISTED.contains(&self)
    }

    /// Whether its buyer may put it out of their sight: nothing more will happen to it.
    pub fn can_be_hidden(self) -> bool {
        match self {
            Self::Done | Self::Cancelled | Self::Refunded => true,
            Self::Pending | Self::Paid | Self::Shipped | Self::Creating | Self::Failed | Self::Refunding => {
                false
            }
        }
    }

    /// Whether its money is ours: the payment result page may say "paid".
    pub fn is_paid(self) -> bool {
        match self {
            Self::Paid | Self::Shipped | Self::Done => true,
            Self::Pending
            | Self::Creating
            | Self::Cancelled
            | Self::Failed
            | Self::Refunding
            | Self::Refunded => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTIONS: [OrderAction; 9] = [
        OrderAction::Complete,
        OrderAction::Fail,
        OrderAction::Pay,
        OrderAction::Cancel,
        OrderAction::Ship,
        OrderAction::ConfirmReceipt,
        OrderAction::RequestRefund,
        OrderAction::FinishRefund,
        OrderAction::RefuseRefund,
    ];

    /// Rows are statuses in the order of `ALL`, columns actions in the order of `ACTIONS`; 0 = refused.
    const TABLE: [[i16; 9]; 9] = [
        // Complete Fail Pay Cancel Ship Confirm Request Finish Refuse
        [0, 0, 2, 12, 0, 0, 0, 0, 0], // Pending
        [0, 0, 0, 0, 3, 0, 15, 0, 0], // Paid
        [0, 0, 0, 0, 0, 4, 0, 0, 0],  // Shipped
        [0, 0, 0, 0, 0, 0, 0, 0, 0],  // Done
        [1, 13, 0, 0, 0, 0, 0, 0, 0], // Creating
        [0, 0, 0, 0, 0, 0, 0, 0, 0],  // Cancelled
        [0, 0, 0, 0, 0, 0, 0, 0, 0],  // Failed
        [0, 0, 0, 0, 0, 0, 0, 16, 2], // Refunding
        [0, 0, 0, 0, 0, 0, 0, 0, 0],  // Refunded
    ];

    #[test]
    fn every_pair_of_status_and_action_leads_where_the_table_says() {
        for (from, row) in OrderStatus::ALL.into_iter().zip(TABLE) {
            for (action, number) in ACTIONS.into_iter().zip(row) {
                let expected = OrderStatus::from_number(number).ok_or(IllegalTransition { from, action });
                assert_eq!(from.apply(action), expected, "{from:?} {action:?}");
            }
        }
    }

    #[test]
    fn every_number_belongs_to_one_status() {
        for status in OrderStatus::ALL {
            assert_eq!(OrderStatus::from_number(status.number()), Some(status));
        }
        for number in [-1, 0, 5, 10, 14, 17] {
            assert_eq!(OrderStatus::from_number(number), None);
        }
    }

    #[test]
    fn half_made_and_failed_orders_are_not_listed() {
        for hidden in [OrderStatus::Creating, OrderStatus::Failed] {
            assert!(!OrderStatus::LISTED.contains(&hidden));
        }
        assert_eq!(OrderStatus::LISTED.len() + 2, OrderStatus::ALL.len());
    }
}
