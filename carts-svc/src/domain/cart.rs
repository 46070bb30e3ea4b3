//! A cart: which SKUs, how many of each, which are ticked, and what was taken out of it for orders.

use std::collections::{BTreeMap, BTreeSet};

use common::contracts::ids::SkuId;
use common::contracts::internal_apis::carts::CartLine;

use super::taken::TakenLines;

/// Different SKUs in a cart (reliability §3 C).
pub const MAX_KINDS: usize = 100;
/// Pieces of one SKU in a cart (reliability §3 C).
pub const MAX_PIECES: i64 = 200;

/// Whether a line is ticked, so that the next checkout buys it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tick {
    /// It is.
    Selected,
    /// It is not.
    Unselected,
}

/// One SKU in a cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// How many pieces: 1 to [`MAX_PIECES`].
    pub count: i64,
    /// Whether it is ticked.
    pub tick: Tick,
}

/// A user's cart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cart {
    /// The lines, by SKU.
    pub(super) lines: BTreeMap<SkuId, Line>,
    /// What left it for orders.
    pub(super) taken: TakenLines,
}

/// Which lines an operation is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// Every line.
    All,
    /// The lines of these SKUs, as far as they are in the cart.
    These(BTreeSet<SkuId>),
}

/// Why a cart stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The SKU is not in it.
    NotInCart,
    /// There are fewer pieces than that.
    TooMany {
        /// How many the line could have.
        available: i64,
    },
    /// It holds [`MAX_KINDS`] kinds.
    Full,
}

impl Cart {
    /// The lines, ascending by SKU id.
    pub fn lines(&self) -> impl Iterator<Item = (SkuId, Line)> + '_ {
        self.lines.iter().map(|(sku, line)| (*sku, *line))
    }

    /// How many different SKUs it holds: `carts_count` of the contract.
    pub fn kinds(&self) -> usize {
        self.lines.len()
    }

    /// The ticked lines, ascending by SKU id.
    pub fn selected(&self) -> Vec<CartLine> {
        let selected = self.lines().filter(|(_, line)| line.tick == Tick::Selected);
        selected
            .map(|(sku_id, line)| CartLine {
                sku_id,
                count: line.count,
            })
            .collect()
    }

    /// Adds `count` pieces, at least one, to the line of a SKU of which there are `stock`, and ticks it.
    pub fn add(&mut self, sku: SkuId, count: i64, stock: i64) -> Result<(), Refusal> {
        let present = self.lines.get(&sku).map_or(0, |line| line.count);
        let available = stock.min(MAX_PIECES);
        if count > available.saturating_sub(present) {
            return Err(Refusal::TooMany { available });
        }
        if present == 0 && self.kinds() >= MAX_KINDS {
            return Err(Refusal::Full);
        }
        let line = Line {
            count: present + count,
            tick: Tick::Selected,
        };
        self.lines.insert(sku, line);
        Ok(())
    }

    /// One piece more; the tick stays as it is.
    pub fn step_up(&mut self, sku: SkuId, stock: i64) -> Result<(), Refusal> {
        let line = self.line(sku)?;
        let available = stock.min(MAX_PIECES);
        if line.count >= available {
            return Err(Refusal::TooMany { available });
        }
        line.count += 1;
        Ok(())
    }

    /// One piece fewer, but never none: the page sends this at one piece too (contract C3).
    pub fn step_down(&mut self, sku: SkuId) -> Result<(), Refusal> {
        let line = self.line(sku)?;
        line.count = (line.count - 1).max(1);
        Ok(())
    }

    /// Ticks one line, or takes its tick away.
    pub fn set_tick(&mut self, sku: SkuId, tick: Tick) -> Result<(), Refusal> {
        self.line(sku)?.tick = tick;
        Ok(())
    }

    /// Ticks lines, or takes their ticks away.
    pub fn set_ticks(&mut self, which: &Which, tick: Tick) {
        for (sku, line) in &mut self.lines {
            let is_meant = match which {
                Which::All => true,
                Which::These(skus) => skus.contains(sku),
            };
            if is_meant {
                line.tick = tick;
            }
        }
    }

    /// Removes a line.
    pub fn remove(&mut self, sku: SkuId) -> Result<(), Refusal> {
        match self.lines.remove(&sku) {
            Some(_) => Ok(()),
            None => Err(Refusal::NotInCart),
        }
    }

    /// Merges an offline cart whose SKUs have the stock given: the larger of both counts, at most the stock; new lines
    /// are ticked (contract U2). Doing it twice is doing it once. What does not fit is left out.
    pub fn merge(&mut self, offline: &BTreeMap<SkuId, i64>, stock: &BTreeMap<SkuId, i64>) {
        for (sku, count) in offline {
            let available = stock.get(sku).copied().unwrap_or(0).min(MAX_PIECES);
            if available < 1 || *count < 1 {
                continue;
            }
            let is_full = self.kinds() >= MAX_KINDS;
            match self.lines.get_mut(sku) {
                Some(line) => line.count = line.count.max(*count).min(available),
                None if is_full => {}
                None => {
                    let line = Line {
                        count: (*count).min(available),
                        tick: Tick::Selected,
                    };
                    self.lines.insert(*sku, line);
                }
            }
        }
    }

    fn line(&mut self, sku: SkuId) -> Result<&mut Line, Refusal> {
        self.lines.get_mut(&sku).ok_or(Refusal::NotInCart)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SKU: SkuId = SkuId(11);

    fn cart(lines: &[(i64, i64)]) -> Cart {
        let mut cart = Cart::default();
        for (sku, count) in lines {
            cart.add(SkuId(*sku), *count, MAX_PIECES).unwrap();
        }
        cart
    }

    fn counts(cart: &Cart) -> Vec<(i64, i64)> {
        cart.lines().map(|(sku, line)| (sku.0, line.count)).collect()
    }

    #[test]
    fn adding_counts_what_is_in_the_cart_already() {
        let mut cart = cart(&[(11, 3)]);
        assert_eq!(cart.add(SKU, 3, 5), Err(Refusal::TooMany { available: 5 }));
        assert_eq!(cart.add(SKU, 2, 5), Ok(()));
        assert_eq!(counts(&cart), [(11, 5)]);
    }

    #[test]
    fn no_count_overflows() {
        let mut cart = cart(&[(11, 3)]);
        for count in [i64::MAX, 201] {
            assert_eq!(
                cart.add(SKU, count, i64::MAX),
                Err(Refusal::TooMany { available: 200 })
            );
        }
    }

    #[test]
    fn adding_ticks_the_line_and_stepping_does_not() {
        let mut cart = cart(&[(11, 3)]);
        cart.set_tick(SKU, Tick::Unselected).unwrap();
        cart.step_up(SKU, 9).unwrap();
        assert_eq!(cart.selected(), []);
        cart.add(SKU, 1, 9).unwrap();
        assert_eq!(
            cart.selected(),
            [CartLine {
                sku_id: SKU,
                count: 5
            }]
        );
    }

    #[test]
    fn stepping_down_ends_at_one() {
        let mut cart = cart(&[(11, 2)]);
        for _ in 0..3 {
            cart.step_down(SKU).unwrap();
        }
        assert_eq!(counts(&cart), [(11, 1)]);
    }

    #[test]
    fn a_hundred_kinds_fill_a_cart() {
        let lines: Vec<(i64, i64)> = (1..=100).map(|sku| (sku, 1)).collect();
        let mut cart = cart(&lines);
        assert_eq!(cart.add(SkuId(101), 1, 9), Err(Refusal::Full));
        assert_eq!(cart.add(SkuId(100), 1, 9), Ok(()));
    }

    #[test]
    fn merging_keeps_the_larger_count_within_the_stock() {
        let mut cart = cart(&[(1, 5), (2, 2)]);
        let offline = BTreeMap::from([
            (SkuId(1), 3),
            (SkuId(2), 9),
            (SkuId(3), 1),
            (SkuId(4), 1),
            (SkuId(5), 0),
        ]);
        let stock = BTreeMap::from([(SkuId(1), 9), (SkuId(2), 4), (SkuId(3), 9), (SkuId(5), 9)]);
        cart.merge(&offline, &stock);
        assert_eq!(counts(&cart), [(1, 5), (2, 4), (3, 1)]);
        let merged = cart.clone();
        cart.merge(&offline, &stock);
        assert_eq!(cart, merged);
    }

    #[test]
    fn ticks_are_set_for_all_or_for_those_named() {
        let mut cart = cart(&[(1, 1), (2, 1), (3, 1)]);
        cart.set_ticks(&Which::All, Tick::Unselected);
        cart.set_ticks(
            &Which::These(BTreeSet::from([SkuId(1), SkuId(3), SkuId(9)])),
            Tick::Selected,
        );
        let ticked: Vec<i64> = cart.selected().iter().map(|line| line.sku_id.0).collect();
        assert_eq!(ticked, [1, 3]);
    }
}
