//! What an order is made of: who gets it, its lines, and what it costs.

use chrono::{DateTime, Utc};
use common::contracts::ids::{OrderId, SkuId, UserId};
use common::money::Fen;
use serde::{Deserialize, Serialize};

use crate::domain::order_state::OrderStatus;
use crate::domain::refund::PaidOrder;

/// Most lines of one order.
pub const MAX_LINES: usize = 100;
/// Most pieces of one line.
pub const MAX_COUNT: i64 = 200;
/// The most that the payment provider takes at once: 100,000,000.00 yuan.
const MAX_TOTAL: Fen = Fen(10_000_000_000);

/// Where an order goes: a copy of the buyer's address, as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Who receives.
    pub receiver: String,
    /// Province to street in one text.
    pub address: String,
    /// The receiver's mobile number.
    pub mobile: String,
    /// The buyer's word for the address.
    pub tag: String,
}

/// An order as the database knows it, without its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// Its buyer.
    pub user_id: UserId,
    /// Where it stands.
    pub status: OrderStatus,
    /// What it costs; zeroes while the checkout is under way.
    pub totals: Totals,
    /// Where it goes.
    pub delivery: Delivery,
    /// Until when it can be paid.
    pub pay_deadline: Option<DateTime<Utc>>,
    /// The provider's trade that paid it.
    pub trade_no: Option<String>,
    /// Its parcel, once that left.
    pub parcel: Option<Parcel>,
    /// When it is done although its buyer says nothing; only of a shipped order.
    pub complete_at: Option<DateTime<Utc>>,
    /// What went back of its money, or is on its way back.
    pub refunded: Fen,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A parcel on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// Who carries it.
    pub carrier: String,
    /// By which number the carrier knows it.
    pub tracking_no: String,
}

impl Order {
    /// What refunds must know of it.
    pub fn money(&self) -> PaidOrder {
        PaidOrder {
            status: self.status,
            paid: self.totals.amount,
            refunded: self.refunded,
        }
    }
}

/// One SKU that a buyer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedLine {
    /// Which SKU.
    pub sku_id: SkuId,
    /// How many pieces, 1 to [`MAX_COUNT`].
    pub count: i64,
}

/// One SKU as sold: name, picture and price are those of the moment of sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoldLine {
    /// Which SKU.
    pub sku_id: SkuId,
    /// How many pieces.
    pub count: i64,
    /// Price of one piece.
    pub price: Fen,
    /// Name.
    pub name: String,
    /// Path of the picture below the media root.
    pub image: String,
    /// Names of its sale attributes.
    pub attr_names: Vec<String>,
    /// Its values, in the order of `attr_names`.
    pub attr_values: Vec<String>,
}

/// Why lines make no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoOrder {
    /// There is none.
    #[error("an order needs a line")]
    Empty,
    /// There are too many, or one SKU twice.
    #[error("an order has at most {MAX_LINES} lines, each of another sku")]
    Lines,
    /// A line has no pieces or too many.
    #[error("a line has 1 to {MAX_COUNT} pieces")]
    Count,
    /// The sum is nothing, or above what can be paid.
    #[error("the total is not above 0.00 and up to {MAX_TOTAL}")]
    Total,
}

/// Freight of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreightRule {
    /// What every order pays.
    pub freight: Fen,
    /// The sum of goods from which on it is waived.
    pub free_from: Option<Fen>,
}

impl FreightRule {
    /// The freight of goods for `goods`.
    pub fn freight_of(&self, goods: Fen) -> Fen {
        match self.free_from {
            Some(free_from) if goods >= free_from => Fen::ZERO,
            Some(_) | None => self.freight,
        }
    }
}

/// What an order costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    /// To be paid, freight included (contract §0.5).
    pub amount: Fen,
    /// Freight.
    pub freight: Fen,
    /// Pieces of all lines.
    pub count: i64,
}

/// Checks lines and puts them into ascending order of SKU, in which every service processes them.
pub fn checked_lines(mut lines: Vec<WantedLine>) -> Result<Vec<WantedLine>, NoOrder> {
    lines.sort_by_key(|line| line.sku_id);
    let is_repeated = lines.windows(2).any(|pair| pair[0].sku_id == pair[1].sku_id);
    if lines.is_empty() {
        Err(NoOrder::Empty)
    } else if lines.len() > MAX_LINES || is_repeated {
        Err(NoOrder::Lines)
    } else if lines.iter().any(|line| !(1..=MAX_COUNT).contains(&line.count)) {
        Err(NoOrder::Count)
    } else {
        Ok(lines)
    }
}

impl SoldLine {
    /// Price of all its pieces.
    pub fn total(&self) -> Option<Fen> {
        self.price.checked_mul(self.count)
    }
}

/// What these lines cost with freight.
pub fn totals(lines: &[SoldLine], rule: &FreightRule) -> Result<Totals, NoOrder> {
    let sums: Option<Vec<Fen>> = lines.iter().map(SoldLine::total).collect();
    let goods = sums.and_then(Fen::checked_sum).ok_or(NoOrder::Total)?;
    let freight = rule.freight_of(goods);
    let amount = goods.checked_add(freight).ok_or(NoOrder::Total)?;
    if amount <= Fen::ZERO || amount > MAX_TOTAL {
        return Err(NoOrder::Total);
    }
    let count = lines.iter().map(|line| line.count).sum();
    Ok(Totals {
        amount,
        freight,
        count,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(sku: i64, count: i64) -> WantedLine {
        WantedLine {
            sku_id: SkuId(sku),
            count,
        }
    }

    fn sold(price: i64, count: i64) -> SoldLine {
        SoldLine {
            sku_id: SkuId(1),
            count,
            price: Fen(price),
            name: String::new(),
            image: String::new(),
            attr_names: Vec::new(),
            attr_values: Vec::new(),
        }
    }

    const FLAT: FreightRule = FreightRule {
        freight: Fen(1000),
        free_from: None,
    };

    #[test]
    fn lines_come_out_in_order_of_sku() {
        let lines = checked_lines(vec![wanted(7, 1), wanted(3, 200)]).unwrap();
        assert_eq!(lines, [wanted(3, 200), wanted(7, 1)]);
    }

    #[test]
    fn impossible_lines_are_refused() {
        assert_eq!(checked_lines(vec![]), Err(NoOrder::Empty));
        assert_eq!(
            checked_lines(vec![wanted(1, 1), wanted(1, 2)]),
            Err(NoOrder::Lines)
        );
        assert_eq!(
            checked_lines((0..101).map(|sku| wanted(sku, 1)).collect()),
            Err(NoOrder::Lines)
        );
        for count in [0, -1, 201, i64::MIN, i64::MAX] {
            assert_eq!(
                checked_lines(vec![wanted(1, count)]),
                Err(NoOrder::Count),
                "{count}"
            );
        }
    }

    #[test]
    fn freight_is_part_of_the_total() {
        let totals = totals(&[sold(25900, 2), sold(115, 100)], &FLAT).unwrap();
        assert_eq!(
            (totals.amount, totals.freight, totals.count),
            (Fen(64300), Fen(1000), 102)
        );
    }

    #[test]
    fn freight_is_waived_from_the_free_sum_on() {
        let rule = FreightRule {
            free_from: Some(Fen(9900)),
            ..FLAT
        };
        assert_eq!(totals(&[sold(9899, 1)], &rule).unwrap().amount, Fen(10899));
        assert_eq!(totals(&[sold(9900, 1)], &rule).unwrap().amount, Fen(9900));
    }

    #[test]
    fn totals_that_overflow_or_cannot_be_paid_are_refused() {
        assert_eq!(totals(&[sold(i64::MAX, 2)], &FLAT), Err(NoOrder::Total));
        assert_eq!(totals(&[sold(i64::MAX, 1)], &FLAT), Err(NoOrder::Total));
        assert_eq!(totals(&[sold(10_000_000_000, 1)], &FLAT), Err(NoOrder::Total));
        assert!(totals(&[sold(9_999_999_000, 1)], &FLAT).is_ok());
        let free = FreightRule {
            freight: Fen::ZERO,
            ..FLAT
        };
        assert_eq!(totals(&[sold(0, 1)], &free), Err(NoOrder::Total));
        assert!(totals(&[sold(0, 1)], &FLAT).is_ok(), "freight alone can be paid");
    }
}
