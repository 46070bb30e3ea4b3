//! Looks whether the stock adds up: every SKU, every line of every reservation. Changes nothing, and may run while the
//! shop sells.

use common::contracts::ids::SkuId;
use common::db::Db;
use sea_orm::DbErr;

use crate::domain::stock_audit::Difference;
use crate::store::stock_audit;

/// SKUs or reservations of one statement.
const PART: u64 = 1000;

/// What was looked at, and what did not add up.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    /// SKUs looked at.
    pub(crate) skus: usize,
    /// Lines of reservations looked at.
    pub(crate) lines: usize,
    /// All that is wrong.
    pub(crate) differences: Vec<Difference>,
}

/// Looks at all of it.
pub(crate) async fn audit_stock(db: &Db) -> Result<Audit, DbErr> {
    let mut audit = Audit::default();
    let mut after = SkuId(i64::MIN);
    loop {
        let books = stock_audit::sku_books(db.reader(), after, PART).await?;
        let Some(last) = books.last() else { break };
        after = last.sku_id;
        audit.skus += books.len();
        let found = books.into_iter().flat_map(|books| books.differences());
        audit.differences.extend(found);
    }
    let mut after = String::new();
    while let Some(last) = stock_audit::last_order(db.reader(), &after, PART).await? {
        let books = stock_audit::line_books(db.reader(), &after, &last).await?;
        audit.lines += books.len();
        let found = books.into_iter().filter_map(|books| books.difference());
        audit.differences.extend(found);
        after = last;
    }
    Ok(audit)
}
