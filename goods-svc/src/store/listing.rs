//! `goods_sku.catalog_id` and `changed_time`: whoever adds SKUs, or changes or moves them or their products, sets them anew
//! in the same transaction. They are in no entity, because nobody else has business with them.

use chrono::{DateTime, Utc};
use common::db::WriteTxn;
use sea_orm::{ConnectionTrait, DbErr, Value};

use super::{placeholders, statement};

/// Sets the category of the SKUs of these products, and of all SKUs that have none yet; and says to those who follow the
/// catalogue that they have changed.
pub(crate) async fn refresh(txn: &WriteTxn, spu_ids: &[i64], now: DateTime<Utc>) -> Result<(), DbErr> {
    let set = "UPDATE goods_sku SET changed_time = ?, catalog_id = COALESCE(\
         (SELECT spu.catalog_id FROM goods_spu spu WHERE spu.id = goods_sku.spu_id), 0)";
    txn.execute_raw(statement(
        txn,
        format!("{set} WHERE catalog_id = 0"),
        [now.into()],
    ))
    .await?;
    for some in spu_ids.chunks(500) {
        let sql = format!("{set} WHERE spu_id IN ({})", placeholders(some.len()));
        let ids = some.iter().copied().map(Value::from);
        let values = [Value::from(now)].into_iter().chain(ids);
        txn.execute_raw(statement(txn, sql, values)).await?;
    }
    Ok(())
}
