//! SKUs as carts and orders need them: what they are at this instant, and their stock.

use std::collections::BTreeMap;

use common::contracts::ids::SkuId;
use common::db::WriteTxn;
use common::money::Fen;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::{placeholders, statement};
use crate::domain::catalogue::{Card, SkuSnapshot};
use crate::domain::reservation::StockLine;

#[derive(FromQueryResult)]
struct SnapshotRow {
    id: i64,
    name: String,
    caption: String,
    price: i64,
    image: String,
    stock: i64,
    is_launched: bool,
    attr_name: Option<String>,
    attr_value: Option<String>,
}

/// The SKUs among `ids` that exist, launched or not, in one query.
pub(crate) async fn snapshots(
    db: &impl ConnectionTrait,
    ids: &[SkuId],
) -> Result<BTreeMap<SkuId, SkuSnapshot>, DbErr> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let sql = format!(
        "SELECT sku.id, sku.name, sku.caption, sku.price, sku.default_image_url AS image, sku.stock, \
                sku.is_launched, attribute.name AS attr_name, value.name AS attr_value \
         FROM goods_sku sku \
         LEFT JOIN goods_sku_sale_attr_value own ON own.sku_id = sku.id \
         LEFT JOIN goods_sale_attr_value value ON value.id = own.saleattrvalue_id \
         LEFT JOIN goods_spu_sale_attr attribute ON attribute.id = value.spu_sale_attr_id \
         WHERE sku.id IN ({}) ORDER BY sku.id, attribute.id, value.id",
        placeholders(ids.len())
    );
    let ids = ids.iter().map(|id| Value::from(id.0));
    let rows = SnapshotRow::find_by_statement(statement(db, sql, ids))
        .all(db)
        .await?;
    let mut snapshots = BTreeMap::new();
    for row in rows {
        let attribute = row.attr_name.clone().zip(row.attr_value.clone());
        let snapshot = snapshots
            .entry(SkuId(row.id))
            .or_insert_with(|| SkuSnapshot::from(row));
        if let Some((name, value)) = attribute {
            snapshot.attr_names.push(name);
            snapshot.attr_values.push(value);
        }
    }
    Ok(snapshots)
}

impl From<SnapshotRow> for SkuSnapshot {
    /// Without the attributes, which stand in several rows.
    fn from(row: SnapshotRow) -> Self {
        Self {
            card: Card {
                sku_id: SkuId(row.id),
                name: row.name,
                caption: row.caption,
                price: Fen(row.price),
                image: row.image,
            },
            stock: row.stock,
            is_launched: row.is_launched,
            attr_names: Vec::new(),
            attr_values: Vec::new(),
        }
    }
}

/// Takes the pieces if the SKU is for sale and has as many. THE statement that cannot oversell (reliability I1).
pub(crate) async fn take_stock(txn: &WriteTxn, line: StockLine) -> Result<bool, DbErr> {
    let sql = "UPDATE goods_sku SET stock = stock - ?, sales = sales + ?, version = version + 1 \
         WHERE id = ? AND stock >= ? AND is_launched";
    let count = line.count;
    let values = [count.into(), count.into(), line.sku_id.0.into(), count.into()];
    let taken = txn.execute_raw(statement(txn, sql, values)).await?;
    Ok(taken.rows_affected() == 1)
}

/// Gives the pieces back. False when the SKU is gone. Sales stop at zero: a fixture loaded meanwhile may have set
/// them to less than was taken.
pub(crate) async fn return_stock(txn: &WriteTxn, line: StockLine) -> Result<bool, DbErr> {
    let sql = "UPDATE goods_sku SET stock = stock + ?, version = version + 1, \
         sales = CASE WHEN sales >= ? THEN sales - ? ELSE 0 END WHERE id = ?";
    let count = line.count;
    let values = [count.into(), count.into(), count.into(), line.sku_id.0.into()];
    let returned = txn.execute_raw(statement(txn, sql, values)).await?;
    Ok(returned.rows_affected() == 1)
}

/// Pieces that can be bought; `None` when the SKU is unknown or not for sale.
pub(crate) async fn launched_stock(txn: &WriteTxn, sku_id: SkuId) -> Result<Option<i64>, DbErr> {
    let sql = "SELECT stock FROM goods_sku WHERE id = ? AND is_launched";
    let row = txn.query_one_raw(statement(txn, sql, [sku_id.0.into()])).await?;
    row.map(|row| row.try_get("", "stock")).transpose()
}
