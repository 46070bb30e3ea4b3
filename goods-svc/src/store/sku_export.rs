//! SKUs with the names of all they belong to, for the export.

use chrono::{DateTime, Utc};
use common::money::Fen;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult};

use super::statement;

/// A SKU and what it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct SkuLine {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) caption: String,
    pub(crate) catalog: String,
    pub(crate) brand: String,
    pub(crate) spu_id: i64,
    pub(crate) spu: String,
    /// Names of its values, separated by ` / `.
    pub(crate) values: String,
    pub(crate) price: Fen,
    pub(crate) cost_price: Fen,
    pub(crate) market_price: Fen,
    pub(crate) stock: i64,
    pub(crate) sales: i64,
    pub(crate) is_launched: bool,
    pub(crate) image: String,
    pub(crate) updated: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct LineRow {
    id: i64,
    name: String,
    caption: String,
    catalog: String,
    brand: String,
    spu_id: i64,
    spu: String,
    value_names: Option<String>,
    price: i64,
    cost_price: i64,
    market_price: i64,
    stock: i64,
    sales: i64,
    is_launched: bool,
    image: String,
    updated: DateTime<Utc>,
}

/// The next `limit` SKUs after the one with this id.
pub(crate) async fn lines_after(
    db: &impl ConnectionTrait,
    after: i64,
    limit: u64,
) -> Result<Vec<SkuLine>, DbErr> {
    let joined = match db.get_database_backend() {
        DbBackend::MySql => "GROUP_CONCAT(value.name ORDER BY value.id SEPARATOR ' / ')",
        _ => "GROUP_CONCAT(value.name, ' / ' ORDER BY value.id)",
    };
    let sql = format!(
        "SELECT sku.id, sku.name, sku.caption, catalog.name AS catalog, brand.name AS brand, spu.id AS spu_id, \
                spu.name AS spu, sku.price, sku.cost_price, sku.market_price, sku.stock, sku.sales, \
                sku.is_launched, sku.default_image_url AS image, sku.updated_time AS updated, \
                (SELECT {joined} FROM goods_sku_sale_attr_value own \
                 JOIN goods_sale_attr_value value ON value.id = own.saleattrvalue_id \
                 WHERE own.sku_id = sku.id) AS value_names \
         FROM goods_sku sku JOIN goods_spu spu ON spu.id = sku.spu_id \
         JOIN goods_catalog catalog ON catalog.id = spu.catalog_id \
         JOIN goods_brand brand ON brand.id = spu.brand_id \
         WHERE sku.id > ? ORDER BY sku.id LIMIT ?"
    );
    let rows = LineRow::find_by_statement(statement(db, sql, [after.into(), limit.into()]))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(SkuLine::from).collect())
}

impl From<LineRow> for SkuLine {
    fn from(row: LineRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            caption: row.caption,
            catalog: row.catalog,
            brand: row.brand,
            spu_id: row.spu_id,
            spu: row.spu,
            values: row.value_names.unwrap_or_default(),
            price: Fen(row.price),
            cost_price: Fen(row.cost_price),
            market_price: Fen(row.market_price),
            stock: row.stock,
            sales: row.sales,
            is_launched: row.is_launched,
            image: row.image,
            updated: row.updated,
        }
    }
}
