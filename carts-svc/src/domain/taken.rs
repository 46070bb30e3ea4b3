//! What left a cart for orders, and the way back: each order takes once, and gives back or buys once.

use std::collections::BTreeMap;

use common::contracts::ids::{OrderId, SkuId};
use common::contracts::internal_apis::carts::{CartLine, TakeOutcome};

use super::cart::{Cart, Line, MAX_PIECES, Tick};

/// Orders whose fate a cart remembers, against calls that arrive late or twice. Order ids of one user rise with time,
/// so that the oldest are the smallest.
const MAX_SETTLED: usize = 20;
/// Orders under way that a cart remembers; a user may have a handful of unpaid ones.
const MAX_OPEN: usize = 50;

/// What became of the lines that an order took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// They wait for the order to be made or to fail.
    Open(BTreeMap<SkuId, i64>),
    /// They are back in the cart, or were never taken: the order may take nothing any more.
    Restored,
    /// The order was made.
    Bought,
}

/// What left a cart, by order.
pub type TakenLines = BTreeMap<OrderId, Taken>;

impl Cart {
    /// What left it for an order.
    pub fn taken(&self, order: &OrderId) -> Option<&Taken> {
        self.taken.get(order)
    }

    /// Takes exactly these lines out for an order, all or nothing: each must be ticked and have that count.
    pub fn take(&mut self, order: &OrderId, lines: &[CartLine]) -> TakeOutcome {
        let wanted: BTreeMap<SkuId, i64> = lines.iter().map(|line| (line.sku_id, line.count)).collect();
        match self.taken.get(order) {
            Some(Taken::Restored) => return TakeOutcome::Restored,
            Some(Taken::Bought) => return self.taken_outcome(),
            Some(Taken::Open(open)) if *open == wanted => return self.taken_outcome(),
            Some(Taken::Open(_)) => return TakeOutcome::Changed,
            None => {}
        }
        let is_there = |(sku, count): (&SkuId, &i64)| {
            let wanted = Line {
                count: *count,
                tick: Tick::Selected,
            };
            self.lines.get(sku) == Some(&wanted)
        };
        if wanted.is_empty() || wanted.len() != lines.len() || !wanted.iter().all(is_there) {
            return TakeOutcome::Changed;
        }
        self.lines.retain(|sku, _| !wanted.contains_key(sku));
        self.settle(order, Taken::Open(wanted));
        self.taken_outcome()
    }

    /// Puts the lines of an order back, beside whatever was added meanwhile. An order that took nothing, or has bought
    /// what it took, changes no line; from now on an order that took nothing cannot.
    pub fn restore(&mut self, order: &OrderId) {
        match self.taken.get(order) {
            Some(Taken::Restored | Taken::Bought) => return,
            Some(Taken::Open(_)) | None => {}
        }
        if let Some(Taken::Open(lines)) = self.taken.remove(order) {
            for (sku, count) in lines {
                let present = self.lines.get(&sku).map_or(0, |line| line.count);
                let line = Line {
                    count: (present + count).min(MAX_PIECES),
                    tick: Tick::Selected,
                };
                self.lines.insert(sku, line);
            }
        }
        self.settle(order, Taken::Restored);
    }

    /// Notes that an order was made: what it took is bought. An order that took nothing leaves no trace.
    pub fn forget(&mut self, order: &OrderId) {
        if let Some(Taken::Open(_)) = self.taken.get(order) {
            self.settle(order, Taken::Bought);
        }
    }

    fn taken_outcome(&self) -> TakeOutcome {
        TakeOutcome::Taken {
            carts_count: self.kinds(),
        }
    }

    fn settle(&mut self, order: &OrderId, taken: Taken) {
        self.taken.insert(order.clone(), taken);
        self.drop_oldest(MAX_OPEN, |taken| matches!(taken, Taken::Open(_)));
        self.drop_oldest(MAX_SETTLED, |taken| {
            matches!(taken, Taken::Restored | Taken::Bought)
        });
    }

    fn drop_oldest(&mut self, limit: usize, is_counted: impl Fn(&Taken) -> bool) {
        let counted: Vec<OrderId> = self
            .taken
            .iter()
            .filter(|(_, taken)| is_counted(taken))
            .map(|(order, _)| order.clone())
            .collect();
        for order in counted.iter().take(counted.len().saturating_sub(limit)) {
            self.taken.remove(order);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(second: u32) -> OrderId {
        format!("202611212000{second:02}7").parse().unwrap()
    }

    fn cart() -> Cart {
        let mut cart = Cart::default();
        cart.add(SkuId(1), 2, 9).unwrap();
        cart.add(SkuId(2), 3, 9).unwrap();
        cart
    }

    fn line(sku: i64, count: i64) -> CartLine {
        CartLine {
            sku_id: SkuId(sku),
            count,
        }
    }

    #[test]
    fn taking_empties_the_cart_of_the_lines_taken_and_of_nothing_else() {
        let mut cart = cart();
        assert_eq!(
            cart.take(&order(1), &[line(1, 2)]),
            TakeOutcome::Taken { carts_count: 1 }
        );
        assert_eq!(cart.selected(), [line(2, 3)]);
        assert_eq!(
            cart.take(&order(1), &[line(1, 2)]),
            TakeOutcome::Taken { carts_count: 1 }
        );
    }

    #[test]
    fn a_cart_that_changed_gives_nothing() {
        let mut cart = cart();
        cart.set_tick(SkuId(2), Tick::Unselected).unwrap();
        let before = cart.clone();
        for lines in [
            vec![line(1, 1)],
            vec![line(1, 2), line(2, 3)],
            vec![line(9, 1)],
            vec![line(1, 2), line(1, 2)],
            vec![],
        ] {
            assert_eq!(cart.take(&order(1), &lines), TakeOutcome::Changed, "{lines:?}");
        }
        assert_eq!(cart, before);
    }

    #[test]
    fn restored_lines_stand_beside_those_added_meanwhile() {
        let mut cart = cart();
        cart.take(&order(1), &[line(1, 2), line(2, 3)]);
        cart.add(SkuId(1), 1, 9).unwrap();
        cart.restore(&order(1));
        cart.restore(&order(1));
        assert_eq!(cart.selected(), [line(1, 3), line(2, 3)]);
    }

    #[test]
    fn after_a_restore_the_order_takes_nothing_more() {
        let mut cart = cart();
        cart.restore(&order(1));
        assert_eq!(cart.take(&order(1), &[line(1, 2)]), TakeOutcome::Restored);
        assert_eq!(cart.kinds(), 2);
    }

    #[test]
    fn what_is_bought_is_neither_restored_nor_taken_again() {
        let mut cart = cart();
        cart.take(&order(1), &[line(1, 2)]);
        cart.forget(&order(1));
        cart.restore(&order(1));
        cart.add(SkuId(1), 2, 9).unwrap();
        assert_eq!(
            cart.take(&order(1), &[line(1, 2)]),
            TakeOutcome::Taken { carts_count: 2 }
        );
        assert_eq!(cart.selected(), [line(1, 2), line(2, 3)]);
    }

    #[test]
    fn an_order_that_took_nothing_leaves_no_trace_when_it_is_made() {
        let mut cart = cart();
        cart.forget(&order(1));
        assert_eq!(cart.taken(&order(1)), None);
    }

    #[test]
    fn only_the_newest_fates_are_remembered() {
        let mut cart = cart();
        for second in 0..40 {
            cart.restore(&order(second));
        }
        assert_eq!(cart.taken.len(), MAX_SETTLED);
        assert_eq!(cart.taken(&order(19)), None);
        assert_eq!(cart.taken(&order(39)), Some(&Taken::Restored));
    }
}
