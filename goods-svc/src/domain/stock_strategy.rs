//! How an order takes its pieces when others want them too.

use std::str::FromStr;

/// None of them oversells; they differ in who waits for whom (the course teaches the latter two).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StockStrategy {
    /// One UPDATE that takes the pieces if there are as many. Concurrent orders may share a transaction.
    Conditional,
    /// Read the version, then take the pieces if it is still that one; else read again.
    Optimistic,
    /// Lock the row, look, take.
    Pessimistic,
}

/// A name that no strategy has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected conditional, optimistic or pessimistic")]
pub(crate) struct UnknownStrategy;

impl FromStr for StockStrategy {
    type Err = UnknownStrategy;

    fn from_str(text: &str) -> Result<Self, UnknownStrategy> {
        match text {
            "conditional" => Ok(Self::Conditional),
            "optimistic" => Ok(Self::Optimistic),
            "pessimistic" => Ok(Self::Pessimistic),
            _ => Err(UnknownStrategy),
        }
    }
}
