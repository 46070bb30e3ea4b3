//! The provider's bill of a day beside our books: what must be the same, and every place where it is not.

use std::collections::BTreeMap;
use std::fmt;

use common::money::Fen;

/// What a line is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Money came.
    Payment,
    /// Money went back, under this number of ours.
    Refund(String),
}

/// One line: in the bill, or in our books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// What it is about.
    pub(crate) kind: Kind,
    /// The provider's trade.
    pub(crate) trade_no: String,
    /// The order.
    pub(crate) order_id: String,
    /// How much moved; above zero for refunds as well.
    pub(crate) amount: Fen,
}

/// A bill, as the provider wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bill {
    /// Its lines.
    pub(crate) entries: Vec<Entry>,
    /// How much of the lines came or went back together, by the bill's own last lines, where it has them.
    pub(crate) totals: Option<Totals>,
}

/// What stands under a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Totals {
    /// Payments: how many, and how much.
    pub(crate) payments: (usize, Fen),
    /// Refunds: how many, and how much.
    pub(crate) refunds: (usize, Fen),
}

/// One place where bill and books differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Difference {
    /// The provider has it, we do not.
    NotInBooks(Entry),
    /// We have it, the provider does not.
    NotInBill(Entry),
    /// Both have it, with different sums or orders.
    Unlike {
        /// The provider's line.
        bill: Entry,
        /// Ours.
        books: Entry,
    },
    /// One line stands there twice.
    Twice(Entry),
    /// The lines of the bill do not make up its own totals.
    Totals {
        /// Of the lines.
        lines: Totals,
        /// What it says of them.
        said: Totals,
    },
}

impl Entry {
    /// Its name in our ledger.
    pub(crate) fn movement(&self) -> String {
        match &self.kind {
            Kind::Payment => format!("receipt:{}", self.trade_no),
            Kind::Refund(number) => format!("refund:{number}"),
        }
    }
}

impl Bill {
    /// What its lines come to.
    fn sums(&self) -> Totals {
        let mut totals = Totals {
            payments: (0, Fen::ZERO),
            refunds: (0, Fen::ZERO),
        };
        for entry in &self.entries {
            let sum = match entry.kind {
                Kind::Payment => &mut totals.payments,
                Kind::Refund(_) => &mut totals.refunds,
            };
            *sum = (sum.0 + 1, Fen(sum.1.0.saturating_add(entry.amount.0)));
        }
        totals
    }
}

/// Everything in which `bill` and `books`, both of one day, differ. `elsewhere` are lines of the bill that our books
/// have under another day, because a clock stood on the other side of midnight.
pub(crate) fn differences(bill: &Bill, books: &[Entry], elsewhere: &[Entry]) -> Vec<Difference> {
    let mut found = Vec::new();
    let lines = bill.sums();
    if let Some(said) = bill.totals.filter(|said| *said != lines) {
        found.push(Difference::Totals { lines, said });
    }
    let ours: BTreeMap<String, &Entry> = elsewhere
        .iter()
        .chain(books)
        .map(|entry| (entry.movement(), entry))
        .collect();
    let mut seen: BTreeMap<String, &Entry> = BTreeMap::new();
    for entry in &bill.entries {
        if seen.insert(entry.movement(), entry).is_some() {
            found.push(Difference::Twice(entry.clone()));
            continue;
        }
        match ours.get(&entry.movement()) {
            None => found.push(Difference::NotInBooks(entry.clone())),
            Some(books) if **books != *entry => found.push(Difference::Unlike {
                bill: entry.clone(),
                books: (*books).clone(),
            }),
            Some(_) => {}
        }
    }
    let missing = books.iter().filter(|entry| !seen.contains_key(&entry.movement()));
    found.extend(missing.cloned().map(Difference::NotInBill));
    found
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            trade_no,
            order_id,
            amount,
            ..
        } = self;
        match &self.kind {
            Kind::Payment => write!(f, "payment of {amount}, trade {trade_no}, order {order_id}"),
            Kind::Refund(number) => {
                write!(
                    f,
                    "refund {number} of {amount}, trade {trade_no}, order {order_id}"
                )
            }
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInBooks(entry) => write!(f, "not in our books: {entry}"),
            Self::NotInBill(entry) => write!(f, "not in the bill: {entry}"),
            Self::Unlike { bill, books } => {
                let more = Fen(bill.amount.0.saturating_sub(books.amount.0));
                write!(
                    f,
                    "the bill has {bill}; our books have {books}: {more} more in the bill"
                )
            }
            Self::Twice(entry) => write!(f, "twice in the bill: {entry}"),
            Self::Totals { lines, said } => write!(
                f,
                "the bill's lines come to {} payments of {} and {} refunds of {}, it says {} of {} and {} of {}",
                lines.payments.0,
                lines.payments.1,
                lines.refunds.0,
                lines.refunds.1,
                said.payments.0,
                said.payments.1,
                said.refunds.0,
                said.refunds.1
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payment(trade_no: &str, fen: i64) -> Entry {
        Entry {
            kind: Kind::Payment,
            trade_no: trade_no.into(),
            order_id: "7".into(),
            amount: Fen(fen),
        }
    }

    fn refund(number: &str, fen: i64) -> Entry {
        Entry {
            kind: Kind::Refund(number.into()),
            ..payment("t1", fen)
        }
    }

    fn bill(entries: Vec<Entry>) -> Bill {
        let unchecked = Bill {
            entries,
            totals: None,
        };
        Bill {
            totals: Some(unchecked.sums()),
            ..unchecked
        }
    }

    #[test]
    fn the_same_lines_in_any_order_do_not_differ() {
        let books = [payment("t1", 100), refund("R1", 40), refund("R2", 60)];
        let bill = bill(vec![refund("R2", 60), payment("t1", 100), refund("R1", 40)]);
        assert_eq!(differences(&bill, &books, &[]), []);
    }

    #[test]
    fn one_fen_more_is_named_with_both_sums() {
        let found = differences(&bill(vec![payment("t1", 101)]), &[payment("t1", 100)], &[]);
        assert_eq!(found.len(), 1);
        let text = found[0].to_string();
        assert!(
            text.contains("1.01") && text.contains("1.00") && text.contains("0.01 more"),
            "{text}"
        );
    }

    #[test]
    fn what_only_one_side_has_is_named() {
        let found = differences(&bill(vec![payment("t1", 100)]), &[payment("t2", 100)], &[]);
        assert_eq!(
            found,
            [
                Difference::NotInBooks(payment("t1", 100)),
                Difference::NotInBill(payment("t2", 100)),
            ]
        );
    }

    #[test]
    fn what_our_books_have_under_another_day_is_no_difference_if_the_sum_is_right() {
        let late = bill(vec![payment("t1", 100)]);
        assert_eq!(differences(&late, &[], &[payment("t1", 100)]), []);
        assert_eq!(differences(&late, &[], &[payment("t1", 99)]).len(), 1);
    }

    #[test]
    fn a_line_twice_and_totals_that_do_not_fit_are_named() {
        let mut twice = bill(vec![payment("t1", 100), payment("t1", 100)]);
        assert_eq!(
            differences(&twice, &[payment("t1", 100)], &[]),
            [Difference::Twice(payment("t1", 100))]
        );
        twice.entries.pop();
        let found = differences(&twice, &[payment("t1", 100)], &[]);
        assert!(matches!(found[..], [Difference::Totals { .. }]), "{found:?}");
    }
}
