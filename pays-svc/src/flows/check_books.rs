//! Whether our own books add up: the ledger in itself, and with payments and refunds. Reads whole tables.

use std::collections::BTreeMap;

use common::db::Db;
use common::money::Fen;

use crate::error::PayError;
use crate::store::ledger;

/// What checking brought.
pub(crate) struct Books {
    /// What is on each account.
    pub(crate) balances: BTreeMap<String, Fen>,
    /// Every place where something does not add up.
    pub(crate) findings: Vec<String>,
}

/// Looks at everything.
pub(crate) async fn check_books(db: &Db) -> Result<Books, PayError> {
    let balances = ledger::balances(db.reader()).await?;
    let mut findings = ledger::check(db.reader()).await?;
    let sum: Fen = balances.values().copied().sum();
    if sum != Fen::ZERO {
        findings.push(format!("debits and credits differ by {sum}"));
    }
    Ok(Books { balances, findings })
}
