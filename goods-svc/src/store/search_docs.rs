//! SKUs as the search index wants them, and which of them have changed.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use common::contracts::ids::SkuId;
use common::money::Fen;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::{placeholders, statement};
use crate::domain::search::SearchDoc;

#[derive(FromQueryResult)]
struct DocRow {
    id: i64,
    name: String,
    caption: String,
    price: i64,
    sales: i64,
    catalog_id: i64,
    brand_id: i64,
    catalog_name: String,
    brand_name: String,
}

const DOC: &str = "SELECT sku.id, sku.name, sku.caption, sku.price, sku.sales, spu.catalog_id, spu.brand_id, \
     catalog.name AS catalog_name, brand.name AS brand_name \
     FROM goods_sku sku JOIN goods_spu spu ON spu.id = sku.spu_id \
     JOIN goods_catalog catalog ON catalog.id = spu.catalog_id \
     JOIN goods_brand brand ON brand.id = spu.brand_id";

/// Launched SKUs above `after`, ascending; and the last id looked at, `None` when there was none.
pub(crate) async fn part(
    db: &impl ConnectionTrait,
    after: SkuId,
    limit: u64,
) -> Result<(Vec<SearchDoc>, Option<SkuId>), DbErr> {
    let ids = "SELECT id FROM goods_sku WHERE id > ? ORDER BY id LIMIT ?";
    let rows = db
        .query_all_raw(statement(db, ids, [after.0.into(), limit.into()]))
        .await?;
    let ids: Vec<SkuId> = rows
        .iter()
        .map(|row| Ok(SkuId(row.try_get("", "id")?)))
        .collect::<Result<_, DbErr>>()?;
    Ok((of(db, &ids).await?, ids.last().copied()))
}

/// Those of `ids` that are launched.
pub(crate) async fn of(db: &impl ConnectionTrait, ids: &[SkuId]) -> Result<Vec<SearchDoc>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let places = placeholders(ids.len());
    let values = || ids.iter().map(|id| Value::from(id.0));
    let sql = format!("{DOC} WHERE sku.id IN ({places}) AND sku.is_launched = TRUE");
    let rows = DocRow::find_by_statement(statement(db, sql, values()))
        .all(db)
        .await?;
    let sql = format!(
        "SELECT own.sku_id, value.name FROM goods_sku_sale_attr_value own \
         JOIN goods_sale_attr_value value ON value.id = own.saleattrvalue_id WHERE own.sku_id IN ({places})"
    );
    let mut attributes: HashMap<i64, Vec<String>> = HashMap::new();
    for row in db.query_all_raw(statement(db, sql, values())).await? {
        let own = attributes.entry(row.try_get("", "sku_id")?).or_default();
        own.push(row.try_get("", "name")?);
    }
    let docs = rows.into_iter().map(|row| {
        let mut labels = attributes.remove(&row.id).unwrap_or_default();
        labels.extend([row.catalog_name, row.brand_name]);
        SearchDoc {
            sku_id: SkuId(row.id),
            name: row.name,
            caption: row.caption,
            labels,
            catalog_id: row.catalog_id,
            brand_id: row.brand_id,
            price: Fen(row.price),
            sales: row.sales,
        }
    });
    Ok(docs.collect())
}

/// A SKU and when it was changed.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(crate) struct Change {
    /// Which.
    pub(crate) id: i64,
    /// When.
    pub(crate) at: DateTime<Utc>,
}

/// The SKUs that were changed since `since`, at most `limit` of either kind of stamp: staff and fixtures stamp
/// `updated_time`, where a fixture may bring a time of its own; what sets the category stamps `changed_time`.
pub(crate) async fn changes(
    db: &impl ConnectionTrait,
    since: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Change>, DbErr> {
    let mut changes = Vec::new();
    for column in ["updated_time", "changed_time"] {
        let sql =
            format!("SELECT id, {column} AS at FROM goods_sku WHERE {column} >= ? ORDER BY {column} LIMIT ?");
        let query = statement(db, sql, [since.into(), limit.into()]);
        changes.extend(Change::find_by_statement(query).all(db).await?);
    }
    Ok(changes)
}
