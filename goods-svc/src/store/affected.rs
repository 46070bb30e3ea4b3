//! What buyers see of a row: the SKUs, products and lists that a change of it changes.

use chrono::{DateTime, Utc};
use common::contracts::events::goods::SkuChanged;
use common::contracts::ids::SkuId;
use common::db::WriteTxn;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::statement;
use crate::domain::fixture::Model;

/// More than so many SKUs are not named one by one.
const MAX_SKUS: usize = 500;

#[derive(FromQueryResult)]
struct Place {
    sku_id: Option<i64>,
    spu_id: i64,
    catalog_id: i64,
}

/// What shows the row as it is now.
pub(crate) async fn affected(db: &impl ConnectionTrait, model: Model, pk: i64) -> Result<SkuChanged, DbErr> {
    let sql = format!(
        "SELECT sku.id AS sku_id, spu.id AS spu_id, spu.catalog_id \
         FROM goods_spu spu LEFT JOIN goods_sku sku ON sku.spu_id = spu.id WHERE {} LIMIT {}",
        condition(model),
        MAX_SKUS + 1
    );
    let places = Place::find_by_statement(statement(db, sql, [pk.into()]))
        .all(db)
        .await?;
    if places.len() > MAX_SKUS {
        return Ok(SkuChanged {
            everything: true,
            ..SkuChanged::default()
        });
    }
    let mut change = SkuChanged {
        sku_ids: places
            .iter()
            .filter_map(|place| place.sku_id)
            .map(SkuId)
            .collect(),
        ..SkuChanged::default()
    };
    // Also where it has no SKU yet, or none any more: that is known too.
    if model == Model::Catalog {
        change.catalog_ids.push(pk);
    }
    if model == Model::Sku {
        change.sku_ids.push(SkuId(pk));
    }
    if let Model::Spu | Model::Sku = model {
        change.spu_ids.extend(places.iter().map(|place| place.spu_id));
        change
            .catalog_ids
            .extend(places.iter().map(|place| place.catalog_id));
    }
    Ok(merge(change, SkuChanged::default()))
}

/// Says to those who follow the catalogue that every SKU that shows the row has changed, and sets their categories anew
/// (see `listing.rs`).
pub(crate) async fn stamp(txn: &WriteTxn, model: Model, pk: i64, now: DateTime<Utc>) -> Result<(), DbErr> {
    // Twice wrapped: MariaDB does not let an UPDATE read its own table otherwise.
    let sql = format!(
        "UPDATE goods_sku SET changed_time = ?, catalog_id = COALESCE(\
         (SELECT spu.catalog_id FROM goods_spu spu WHERE spu.id = goods_sku.spu_id), 0) \
         WHERE id IN (SELECT id FROM (SELECT sku.id FROM goods_spu spu \
         JOIN goods_sku sku ON sku.spu_id = spu.id WHERE {}) shown)",
        condition(model)
    );
    txn.execute_raw(statement(txn, sql, [now.into(), pk.into()]))
        .await?;
    Ok(())
}

/// Both changes in one, nothing named twice.
pub(crate) fn merge(one: SkuChanged, other: SkuChanged) -> SkuChanged {
    if one.everything || other.everything {
        return SkuChanged {
            everything: true,
            ..SkuChanged::default()
        };
    }
    SkuChanged {
        sku_ids: union(one.sku_ids, other.sku_ids),
        spu_ids: union(one.spu_ids, other.spu_ids),
        catalog_ids: union(one.catalog_ids, other.catalog_ids),
        everything: false,
    }
}

fn union<T: Ord>(mut one: Vec<T>, other: Vec<T>) -> Vec<T> {
    one.extend(other);
    one.sort_unstable();
    one.dedup();
    one
}

fn condition(model: Model) -> &'static str {
    match model {
        Model::Catalog => "spu.catalog_id = ?",
        Model::Brand => "spu.brand_id = ?",
        Model::Spu => "spu.id = ?",
        Model::SpuSaleAttr => "spu.id = (SELECT spu_id FROM goods_spu_sale_attr WHERE id = ?)",
        Model::SaleAttrValue => {
            "spu.id = (SELECT attribute.spu_id FROM goods_sale_attr_value value \
             JOIN goods_spu_sale_attr attribute ON attribute.id = value.spu_sale_attr_id WHERE value.id = ?)"
        }
        Model::Sku => "sku.id = ?",
        Model::SkuImage => "sku.id = (SELECT sku_id FROM goods_sku_image WHERE id = ?)",
        Model::SpuSpec => "spu.id = (SELECT spu_id FROM goods_spu_spec WHERE id = ?)",
        Model::SkuSpecValue => "sku.id = (SELECT sku_id FROM goods_spu_spec_value WHERE id = ?)",
    }
}
