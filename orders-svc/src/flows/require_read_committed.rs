//! Proves at the start that transactions run at READ COMMITTED: by what they see, for servers have been known to name
//! another level than they keep (reliability L14).

use common::db::{Db, begin_write};

use crate::error::OrderError;
use crate::store::isolation;

/// Refuses a database whose transactions do not see what others commit meanwhile: the look after a lost race, on which
/// every flow here relies, would show them the past.
pub async fn require_read_committed(db: &Db) -> Result<(), OrderError> {
    if !isolation::has_levels(db) {
        return Ok(());
    }
    isolation::fill(db).await?;
    let txn = begin_write(db).await?;
    let before = isolation::read(&txn).await?;
    isolation::step(db).await?;
    let after = isolation::read(&txn).await?;
    txn.rollback().await?;
    if before == after {
        Err(OrderError::Isolation)
    } else {
        Ok(())
    }
}
