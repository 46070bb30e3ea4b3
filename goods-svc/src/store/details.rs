//! One SKU on its own page: three queries, however many attributes it has; and the SKUs of a product by their values.

use std::collections::BTreeMap;

use common::contracts::ids::SkuId;
use common::money::Fen;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::{statement, variants};
use crate::domain::catalogue::{Attribute, AttributeValue, Card, Detail};
use crate::domain::selection::Offer;

#[derive(FromQueryResult)]
struct DetailRow {
    name: String,
    caption: String,
    price: i64,
    image: String,
    spu_id: i64,
    catalog_id: i64,
    catalog_name: String,
    detail_image: Option<String>,
}

#[derive(FromQueryResult)]
struct AttributeRow {
    id: i64,
    name: String,
    value_id: Option<i64>,
    value_name: Option<String>,
    chosen: bool,
}

/// A launched SKU with all that its page shows.
pub(crate) async fn find_detail(db: &impl ConnectionTrait, sku_id: SkuId) -> Result<Option<Detail>, DbErr> {
    let sql = "SELECT sku.name, sku.caption, sku.price, sku.default_image_url AS image, sku.spu_id, \
                catalog.id AS catalog_id, catalog.name AS catalog_name, \
                (SELECT picture.image FROM goods_sku_image picture WHERE picture.sku_id = sku.id \
                 ORDER BY picture.id LIMIT 1) AS detail_image \
         FROM goods_sku sku \
         JOIN goods_spu spu ON spu.id = sku.spu_id \
         JOIN goods_catalog catalog ON catalog.id = spu.catalog_id \
         WHERE sku.id = ? AND sku.is_launched";
    let row = DetailRow::find_by_statement(statement(db, sql, [sku_id.0.into()]))
        .one(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Detail {
        attributes: attributes(db, sku_id, row.spu_id).await?,
        specs: specs(db, sku_id).await?,
        card: Card {
            sku_id,
            name: row.name,
            caption: row.caption,
            price: Fen(row.price),
            image: row.image,
        },
        catalog_id: row.catalog_id,
        catalog_name: row.catalog_name,
        spu_id: row.spu_id,
        detail_image: row.detail_image.unwrap_or_default(),
    }))
}

/// The attributes of the product, each with its values and the one that the SKU has.
async fn attributes(db: &impl ConnectionTrait, sku_id: SkuId, spu_id: i64) -> Result<Vec<Attribute>, DbErr> {
    let sql = "SELECT attribute.id, attribute.name, value.id AS value_id, value.name AS value_name, \
                own.id IS NOT NULL AS chosen \
         FROM goods_spu_sale_attr attribute \
         LEFT JOIN goods_sale_attr_value value ON value.spu_sale_attr_id = attribute.id \
         LEFT JOIN goods_sku_sale_attr_value own ON own.saleattrvalue_id = value.id AND own.sku_id = ? \
         WHERE attribute.spu_id = ? ORDER BY attribute.id, value.id";
    let values = [sku_id.0.into(), spu_id.into()];
    let rows = AttributeRow::find_by_statement(statement(db, sql, values))
        .all(db)
        .await?;
    let mut attributes: Vec<Attribute> = Vec::new();
    for row in rows {
        if attributes.last().is_none_or(|attribute| attribute.id != row.id) {
            attributes.push(Attribute {
                id: row.id,
                name: row.name,
                values: Vec::new(),
                chosen: None,
            });
        }
        if let (Some(attribute), Some(id), Some(name)) = (attributes.last_mut(), row.value_id, row.value_name)
        {
            let value = AttributeValue { id, name };
            if row.chosen && attribute.chosen.is_none() {
                attribute.chosen = Some(value.clone());
            }
            attribute.values.push(value);
        }
    }
    Ok(attributes)
}

async fn specs(db: &impl ConnectionTrait, sku_id: SkuId) -> Result<BTreeMap<String, String>, DbErr> {
    let sql = "SELECT spec.name, fact.name AS fact FROM goods_spu_spec_value fact \
         JOIN goods_spu_spec spec ON spec.id = fact.spu_spec_id WHERE fact.sku_id = ? ORDER BY fact.id";
    let rows = db.query_all_raw(statement(db, sql, [sku_id.0.into()])).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "name")?, row.try_get("", "fact")?)))
        .collect()
}

/// Every launched SKU of a product with its values, ascending by id.
pub(crate) async fn offers(db: &impl ConnectionTrait, spu_id: i64) -> Result<Vec<Offer>, DbErr> {
    let sql = "SELECT sku.id, own.saleattrvalue_id AS value_id FROM goods_sku sku \
         LEFT JOIN goods_sku_sale_attr_value own ON own.sku_id = sku.id \
         WHERE sku.spu_id = ? AND sku.is_launched ORDER BY sku.id, own.saleattrvalue_id";
    variants::offers(db.query_all_raw(statement(db, sql, [spu_id.into()])).await?)
}
