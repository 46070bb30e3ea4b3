//! Reservations of stock: what may be asked for, and THE state machine of what became of it.

use std::collections::BTreeMap;
use std::fmt;

use common::contracts::ids::SkuId;

/// Most SKUs that one order may take.
const MAX_LINES: usize = 200;
/// Most pieces of one SKU that one order may take.
const MAX_COUNT: i64 = 200;

/// So many pieces of one SKU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StockLine {
    /// Which.
    pub(crate) sku_id: SkuId,
    /// How many, 1 to 200.
    pub(crate) count: i64,
}

/// What an order takes: at least one line, each SKU once, ascending by SKU id. All transactions touch SKUs in this
/// order, so that two of them never wait for each other (reliability L5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StockLines(Vec<StockLine>);

/// Why a list of lines cannot be reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadLines {
    #[error("there must be 1 to {MAX_LINES} lines")]
    Number,
    #[error("sku {0} stands in two lines")]
    Twice(SkuId),
    #[error("sku {0} must be taken in 1 to {MAX_COUNT} pieces")]
    Count(SkuId),
}

impl StockLines {
    /// Sorts and checks.
    pub(crate) fn new(mut lines: Vec<StockLine>) -> Result<Self, BadLines> {
        if lines.is_empty() || lines.len() > MAX_LINES {
            return Err(BadLines::Number);
        }
        lines.sort_by_key(|line| line.sku_id);
        if let Some(pair) = lines.windows(2).find(|pair| pair[0].sku_id == pair[1].sku_id) {
            return Err(BadLines::Twice(pair[0].sku_id));
        }
        match lines.iter().find(|line| !(1..=MAX_COUNT).contains(&line.count)) {
            Some(line) => Err(BadLines::Count(line.sku_id)),
            None => Ok(Self(lines)),
        }
    }

    /// How many lines there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The lines, ascending by SKU id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = StockLine> {
        self.0.iter().copied()
    }

    /// The SKUs, ascending.
    pub(crate) fn sku_ids(&self) -> Vec<SkuId> {
        self.0.iter().map(|line| line.sku_id).collect()
    }
}

/// What is in the way of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shortage {
    /// The SKU has fewer pieces than asked for.
    OutOfStock {
        /// Which.
        sku_id: SkuId,
        /// How many it has.
        available: i64,
    },
    /// The SKU is unknown or not for sale.
    NotLaunched {
        /// Which.
        sku_id: SkuId,
    },
}

/// Pieces of launched SKUs, shared out among orders that came at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shares {
    stock: BTreeMap<SkuId, i64>,
    /// Pieces that were given away, by SKU.
    pub(crate) taken: BTreeMap<SkuId, i64>,
}

impl Shares {
    /// Of this stock.
    pub(crate) fn of(stock: BTreeMap<SkuId, i64>) -> Self {
        Self {
            stock,
            taken: BTreeMap::new(),
        }
    }

    /// Gives an order all its lines, or says which is the first that falls short and gives it none.
    pub(crate) fn take(&mut self, lines: &StockLines) -> Result<(), Shortage> {
        for StockLine { sku_id, count } in lines.iter() {
            match self.stock.get(&sku_id) {
                None => return Err(Shortage::NotLaunched { sku_id }),
                Some(available) if *available < count => {
                    let available = *available;
                    return Err(Shortage::OutOfStock { sku_id, available });
                }
                Some(_) => {}
            }
        }
        for StockLine { sku_id, count } in lines.iter() {
            if let Some(available) = self.stock.get_mut(&sku_id) {
                *available -= count;
                *self.taken.entry(sku_id).or_default() += count;
            }
        }
        Ok(())
    }
}

/// What became of an order's reservation. Pieces leave `stock` when they are held; only a release brings them back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReservationState {
    /// The order waits for payment.
    Held,
    /// The order is paid.
    Sold,
    /// The order came to nothing; its pieces are back.
    Released,
}

/// What may happen to a reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReservationAction {
    /// The order was paid.
    Sell,
    /// The order was cancelled, or never came to be.
    Release,
}

/// An action that the state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot {action} what is {from}")]
pub(crate) struct IllegalAction {
    from: ReservationState,
    action: ReservationAction,
}

impl ReservationState {
    /// All, for tests and for reading the database.
    pub(crate) const ALL: [Self; 3] = [Self::Held, Self::Sold, Self::Released];

    /// The state after `action`.
    pub(crate) fn apply(self, action: ReservationAction) -> Result<Self, IllegalAction> {
        match (self, action) {
            (Self::Held, ReservationAction::Sell) => Ok(Self::Sold),
            (Self::Held, ReservationAction::Release) => Ok(Self::Released),
            (from, action) => Err(IllegalAction { from, action }),
        }
    }

    /// As the database has it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Sold => "sold",
            Self::Released => "released",
        }
    }
}

impl fmt::Display for ReservationState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for ReservationAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sell => "sell",
            Self::Release => "release",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_held_is_sold_or_released_and_only_once() {
        use ReservationAction::{Release, Sell};
        use ReservationState::{Held, Released, Sold};
        for from in ReservationState::ALL {
            for action in [Sell, Release] {
                let expected = match (from, action) {
                    (Held, Sell) => Ok(Sold),
                    (Held, Release) => Ok(Released),
                    (Sold | Released, _) => Err(IllegalAction { from, action }),
                };
                assert_eq!(from.apply(action), expected);
            }
        }
    }

    #[test]
    fn shares_go_to_who_comes_first_whole_or_not_at_all() {
        let lines = |lines: &[(i64, i64)]| {
            let lines = lines.iter().map(|(sku_id, count)| StockLine {
                sku_id: SkuId(*sku_id),
                count: *count,
            });
            StockLines::new(lines.collect()).unwrap()
        };
        let mut shares = Shares::of(BTreeMap::from([(SkuId(1), 3), (SkuId(2), 1)]));
        assert_eq!(shares.take(&lines(&[(1, 1), (2, 1)])), Ok(()));
        let (sku_id, available) = (SkuId(2), 0);
        let short = Err(Shortage::OutOfStock { sku_id, available });
        assert_eq!(shares.take(&lines(&[(1, 1), (2, 1)])), short);
        assert_eq!(
            shares.take(&lines(&[(1, 1), (3, 1)])),
            Err(Shortage::NotLaunched { sku_id: SkuId(3) })
        );
        assert_eq!(shares.take(&lines(&[(1, 2)])), Ok(()));
        assert_eq!(shares.taken, BTreeMap::from([(SkuId(1), 3), (SkuId(2), 1)]));
    }

    #[test]
    fn lines_are_sorted_by_sku() {
        let line = |sku, count| StockLine {
            sku_id: SkuId(sku),
            count,
        };
        let lines = StockLines::new(vec![line(7, 1), line(2, 200), line(5, 3)]).unwrap();
        assert_eq!(lines.sku_ids(), [SkuId(2), SkuId(5), SkuId(7)]);
    }

    #[test]
    fn lines_that_nobody_may_reserve_are_refused() {
        let line = |sku, count| StockLine {
            sku_id: SkuId(sku),
            count,
        };
        assert_eq!(StockLines::new(vec![]), Err(BadLines::Number));
        assert_eq!(
            StockLines::new((0..201).map(|sku| line(sku, 1)).collect()),
            Err(BadLines::Number)
        );
        assert_eq!(
            StockLines::new(vec![line(1, 1), line(2, 1), line(1, 2)]),
            Err(BadLines::Twice(SkuId(1)))
        );
        for count in [0, -1, 201, i64::MIN, i64::MAX] {
            assert_eq!(
                StockLines::new(vec![line(1, count)]),
                Err(BadLines::Count(SkuId(1))),
                "{count}"
            );
        }
    }
}
