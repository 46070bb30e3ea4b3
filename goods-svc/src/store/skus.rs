//! SKUs as carts and orders need them: what they are at this instant, and their stock.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use common::contracts::ids::SkuId;
use common::db::WriteTxn;
use common::money::Fen;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Value};

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

/// [`take_stock`], if the SKU's version is still `version`.
pub(crate) async fn take_stock_at(txn: &WriteTxn, line: StockLine, version: i64) -> Result<bool, DbErr> {
    let sql = "UPDATE goods_sku SET stock = stock - ?, sales = sales + ?, version = version + 1 \
         WHERE id = ? AND version = ? AND stock >= ? AND is_launched";
    let count = line.count;
    let values = [count, count, line.sku_id.0, version, count].map(Value::from);
    let taken = txn.execute_raw(statement(txn, sql, values)).await?;
    Ok(taken.rows_affected() == 1)
}

/// [`take_stock`] for several SKUs in one statement. False when one of them has too few pieces or is not for sale;
/// then the transaction must be given up.
pub(crate) async fn take_all(txn: &WriteTxn, taken: &BTreeMap<SkuId, i64>) -> Result<bool, DbErr> {
    let cases = format!("CASE id{} END", " WHEN ? THEN ?".repeat(taken.len()));
    let sql = format!(
        "UPDATE goods_sku SET stock = stock - {cases}, sales = sales + {cases}, version = version + 1 \
         WHERE id IN ({}) AND stock >= {cases} AND is_launched",
        placeholders(taken.len())
    );
    let pairs = || taken.iter().flat_map(|(sku_id, count)| [sku_id.0, *count]);
    let ids = taken.keys().map(|sku_id| sku_id.0);
    let values = pairs().chain(pairs()).chain(ids).chain(pairs());
    let updated = txn
        .execute_raw(statement(txn, sql, values.map(Value::from)))
        .await?;
    Ok(u64::try_from(taken.len()).is_ok_and(|wanted| wanted == updated.rows_affected()))
}

/// Stock of a SKU that is for sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub(crate) struct LaunchedStock {
    /// Pieces that can be bought.
    pub(crate) stock: i64,
    /// Grows with every change.
    pub(crate) version: i64,
}

/// The stock of a SKU; `None` when it is unknown or not for sale.
pub(crate) async fn launched_stock(txn: &WriteTxn, sku_id: SkuId) -> Result<Option<LaunchedStock>, DbErr> {
    let sql = "SELECT stock, version FROM goods_sku WHERE id = ? AND is_launched";
    LaunchedStock::find_by_statement(statement(txn, sql, [sku_id.0.into()]))
        .one(txn)
        .await
}

/// The stock of those of `ids` that are for sale. Nobody else changes them until the transaction ends: their rows are
/// locked in ascending order; on SQLite the transaction has locked all there is.
pub(crate) async fn lock_launched(txn: &WriteTxn, ids: &[SkuId]) -> Result<BTreeMap<SkuId, i64>, DbErr> {
    let lock = match txn.get_database_backend() {
        DbBackend::MySql => " FOR UPDATE",
        _ => "",
    };
    let sql = format!(
        "SELECT id, stock FROM goods_sku WHERE id IN ({}) AND is_launched ORDER BY id{lock}",
        placeholders(ids.len())
    );
    let ids = ids.iter().map(|id| Value::from(id.0));
    let rows = txn.query_all_raw(statement(txn, sql, ids)).await?;
    rows.iter()
        .map(|row| Ok((SkuId(row.try_get("", "id")?), row.try_get("", "stock")?)))
        .collect()
}

/// Pieces that can be bought, whether or not the SKU is for sale; `None` when it is unknown.
pub(crate) async fn stock(txn: &WriteTxn, sku_id: SkuId) -> Result<Option<i64>, DbErr> {
    let sql = "SELECT stock FROM goods_sku WHERE id = ?";
    let row = txn.query_one_raw(statement(txn, sql, [sku_id.0.into()])).await?;
    row.map(|row| row.try_get("", "stock")).transpose()
}

/// Adds pieces, or takes them when `delta` is negative. False when there would be less than none, or too many to be
/// true, and when the SKU is unknown.
pub(crate) async fn add_stock(txn: &WriteTxn, sku_id: SkuId, delta: i64) -> Result<bool, DbErr> {
    let sql = "UPDATE goods_sku SET stock = stock + ?, version = version + 1 \
         WHERE id = ? AND stock + ? >= 0 AND stock + ? <= 1000000000";
    let values = [delta.into(), sku_id.0.into(), delta.into(), delta.into()];
    let added = txn.execute_raw(statement(txn, sql, values)).await?;
    Ok(added.rows_affected() == 1)
}

/// Puts the SKU on sale or takes it off. False when it was so already, or is unknown.
pub(crate) async fn set_launched(
    txn: &WriteTxn,
    sku_id: SkuId,
    is_launched: bool,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let sql = "UPDATE goods_sku SET is_launched = ?, version = version + 1, updated_time = ? \
         WHERE id = ? AND is_launched <> ?";
    let values = [
        is_launched.into(),
        now.into(),
        sku_id.0.into(),
        is_launched.into(),
    ];
    let changed = txn.execute_raw(statement(txn, sql, values)).await?;
    Ok(changed.rows_affected() == 1)
}
