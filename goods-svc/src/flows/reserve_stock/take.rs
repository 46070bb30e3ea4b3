//! Taking one line of an order, by each strategy. All of them end in an UPDATE that cannot take what is not there.

use common::db::WriteTxn;

use crate::domain::reservation::{Shortage, StockLine};
use crate::domain::stock_strategy::StockStrategy;
use crate::error::GoodsError;
use crate::store::skus;

/// How often a line is tried whose stock changes between the failed attempt and the look at why it failed.
const CONDITIONAL_TRIES: u32 = 3;
/// How often a line is tried that others change between our look and our attempt; then its row is locked, because an
/// order must not fail while there are pieces.
const OPTIMISTIC_TRIES: u32 = 5;

/// Takes the line. `None` when it is taken.
pub(super) async fn take(
    txn: &WriteTxn,
    line: StockLine,
    strategy: StockStrategy,
) -> Result<Option<Shortage>, GoodsError> {
    match strategy {
        StockStrategy::Conditional => conditional(txn, line).await,
        StockStrategy::Optimistic => optimistic(txn, line).await,
        StockStrategy::Pessimistic => pessimistic(txn, line).await,
    }
}

async fn conditional(txn: &WriteTxn, line: StockLine) -> Result<Option<Shortage>, GoodsError> {
    for _ in 0..CONDITIONAL_TRIES {
        if skus::take_stock(txn, line).await? {
            return Ok(None);
        }
        let found = skus::launched_stock(txn, line.sku_id).await?;
        // Otherwise given back by another order since.
        if let Some(shortage) = shortage(line, found.map(|found| found.stock)) {
            return Ok(Some(shortage));
        }
    }
    Err(GoodsError::Contended(line.sku_id))
}

async fn optimistic(txn: &WriteTxn, line: StockLine) -> Result<Option<Shortage>, GoodsError> {
    for _ in 0..OPTIMISTIC_TRIES {
        // READ COMMITTED: each look sees what others have committed since the last.
        let found = skus::launched_stock(txn, line.sku_id).await?;
        let (Some(found), None) = (found, shortage(line, found.map(|found| found.stock))) else {
            return Ok(shortage(line, found.map(|found| found.stock)));
        };
        if skus::take_stock_at(txn, line, found.version).await? {
            return Ok(None);
        }
    }
    pessimistic(txn, line).await
}

async fn pessimistic(txn: &WriteTxn, line: StockLine) -> Result<Option<Shortage>, GoodsError> {
    let stock = skus::lock_launched(txn, &[line.sku_id]).await?;
    if let Some(shortage) = shortage(line, stock.get(&line.sku_id).copied()) {
        return Ok(Some(shortage));
    }
    match skus::take_stock(txn, line).await? {
        true => Ok(None),
        false => Err(GoodsError::Contended(line.sku_id)),
    }
}

/// What is in the way of a line when its SKU has so many pieces; `None` as stock when it is not for sale.
fn shortage(line: StockLine, stock: Option<i64>) -> Option<Shortage> {
    let sku_id = line.sku_id;
    match stock {
        None => Some(Shortage::NotLaunched { sku_id }),
        Some(available) if available < line.count => Some(Shortage::OutOfStock { sku_id, available }),
        Some(_) => None,
    }
}
