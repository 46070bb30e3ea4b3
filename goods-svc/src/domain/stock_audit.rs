//! What must be true of the stock at any moment: stock + held + sold = received, for every SKU, and a cause for it all.

use std::fmt;

use common::contracts::ids::{OrderId, SkuId};

use super::reservation::{ReservationState, StockLine};

/// What the tables say of one SKU, in pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SkuBooks {
    /// Which.
    pub(crate) sku_id: SkuId,
    /// Pieces that can be bought.
    pub(crate) stock: i64,
    /// Sum of what the log says came and went, but for orders.
    pub(crate) received: i64,
    /// Sum of all that the log says.
    pub(crate) logged: i64,
    /// What orders hold that wait for money.
    pub(crate) held: i64,
    /// What paid orders took.
    pub(crate) sold: i64,
}

/// What the tables say of one line of a reservation, in pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LineBooks {
    /// Whose.
    pub(crate) order_id: OrderId,
    /// What became of the reservation.
    pub(crate) state: ReservationState,
    /// What it took.
    pub(crate) line: StockLine,
    /// Whether the SKU still exists; what was taken of one that is gone cannot come back.
    pub(crate) has_sku: bool,
    /// What the log says was taken (negative).
    pub(crate) logged_taken: Option<i64>,
    /// What the log says came back.
    pub(crate) logged_returned: Option<i64>,
}

/// Something that does not add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Difference {
    /// stock + held + sold is not what was received.
    Unaccounted(SkuBooks),
    /// The stock is not the sum of the log.
    Unexplained(SkuBooks),
    /// The stock is below zero.
    Negative(SkuBooks),
    /// The log tells another story of what an order took or gave back.
    LogDiffers(LineBooks),
}

impl SkuBooks {
    /// All that is wrong.
    pub(crate) fn differences(self) -> Vec<Difference> {
        let mut found = Vec::new();
        if self.stock < 0 {
            found.push(Difference::Negative(self));
        }
        if self.stock != self.logged {
            found.push(Difference::Unexplained(self));
        }
        if self.stock + self.held + self.sold != self.received {
            found.push(Difference::Unaccounted(self));
        }
        found
    }
}

impl LineBooks {
    /// What is wrong, if anything is.
    pub(crate) fn difference(self) -> Option<Difference> {
        let count = self.line.count;
        let is_returned = match self.state {
            ReservationState::Held | ReservationState::Sold => self.logged_returned.is_none(),
            ReservationState::Released => match self.logged_returned {
                Some(returned) => returned == count,
                None => !self.has_sku,
            },
        };
        let is_right = self.logged_taken == Some(-count) && is_returned;
        (!is_right).then_some(Difference::LogDiffers(self))
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Negative(books) => write!(f, "sku {}: stock is {}", books.sku_id, books.stock),
            Self::Unexplained(books) => write!(
                f,
                "sku {}: stock is {}, but the log adds up to {}",
                books.sku_id, books.stock, books.logged
            ),
            Self::Unaccounted(SkuBooks {
                sku_id,
                stock,
                received,
                held,
                sold,
                ..
            }) => write!(
                f,
                "sku {sku_id}: stock {stock} + held {held} + sold {sold} = {}, but {received} were received",
                stock + held + sold
            ),
            Self::LogDiffers(books) => write!(
                f,
                "order {}: {} of sku {} are {}, but the log says taken {:?}, returned {:?}",
                books.order_id,
                books.line.count,
                books.line.sku_id,
                books.state,
                books.logged_taken.map(|delta| -delta),
                books.logged_returned
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_difference_of_a_sku_is_found() {
        let right = SkuBooks {
            sku_id: SkuId(1),
            stock: 5,
            received: 10,
            logged: 5,
            held: 3,
            sold: 2,
        };
        assert_eq!(right.differences(), []);
        let lost = SkuBooks { held: 2, ..right };
        assert_eq!(lost.differences(), [Difference::Unaccounted(lost)]);
        let silent = SkuBooks { logged: 6, ..right };
        assert_eq!(silent.differences(), [Difference::Unexplained(silent)]);
        let oversold = SkuBooks {
            stock: -1,
            sold: 8,
            logged: -1,
            ..right
        };
        assert_eq!(oversold.differences(), [Difference::Negative(oversold)]);
    }

    #[test]
    fn a_line_and_the_log_must_tell_the_same_story() {
        let books = |state, taken, returned, has_sku| LineBooks {
            order_id: "202611211930451".parse().unwrap(),
            state,
            line: StockLine {
                sku_id: SkuId(1),
                count: 2,
            },
            has_sku,
            logged_taken: taken,
            logged_returned: returned,
        };
        use ReservationState::{Held, Released, Sold};
        for right in [
            books(Held, Some(-2), None, true),
            books(Sold, Some(-2), None, true),
            books(Released, Some(-2), Some(2), true),
            books(Released, Some(-2), None, false),
        ] {
            assert_eq!(right.difference(), None);
        }
        for wrong in [
            books(Held, None, None, true),
            books(Held, Some(-1), None, true),
            books(Sold, Some(-2), Some(2), true),
            books(Released, Some(-2), None, true),
            books(Released, Some(-2), Some(1), true),
        ] {
            assert_eq!(wrong.clone().difference(), Some(Difference::LogDiffers(wrong)));
        }
    }
}
