//! The values of SKUs as an editor must look at them: also of SKUs that are not for sale.

use common::contracts::ids::SkuId;
use common::db::WriteTxn;
use sea_orm::{ConnectionTrait, DbErr, QueryResult};

use super::statement;
use crate::domain::selection::Offer;
use crate::domain::staff_edit::ChosenValue;

/// The product of a SKU, and the values it has.
pub(crate) async fn of_sku(txn: &WriteTxn, sku_id: SkuId) -> Result<(i64, Vec<ChosenValue>), DbErr> {
    let sql = "SELECT spu_id FROM goods_sku WHERE id = ?";
    let row = txn.query_one_raw(statement(txn, sql, [sku_id.0.into()])).await?;
    let spu_id = row.map_or(Ok(0), |row| row.try_get("", "spu_id"))?;
    let sql = "SELECT value.id AS value_id, attribute.id AS attribute_id, attribute.spu_id \
         FROM goods_sku_sale_attr_value own \
         JOIN goods_sale_attr_value value ON value.id = own.saleattrvalue_id \
         JOIN goods_spu_sale_attr attribute ON attribute.id = value.spu_sale_attr_id WHERE own.sku_id = ?";
    let rows = txn.query_all_raw(statement(txn, sql, [sku_id.0.into()])).await?;
    let chosen = rows.iter().map(chosen_value).collect::<Result<_, _>>()?;
    Ok((spu_id, chosen))
}

fn chosen_value(row: &QueryResult) -> Result<ChosenValue, DbErr> {
    Ok(ChosenValue {
        value_id: row.try_get("", "value_id")?,
        attribute_id: row.try_get("", "attribute_id")?,
        spu_id: row.try_get("", "spu_id")?,
    })
}

/// Every SKU of a product, launched or not, with its values ascending.
pub(crate) async fn of_spu(txn: &WriteTxn, spu_id: i64) -> Result<Vec<Offer>, DbErr> {
    let sql = "SELECT sku.id, own.saleattrvalue_id AS value_id FROM goods_sku sku \
         LEFT JOIN goods_sku_sale_attr_value own ON own.sku_id = sku.id \
         WHERE sku.spu_id = ? ORDER BY sku.id, own.saleattrvalue_id";
    offers(txn.query_all_raw(statement(txn, sql, [spu_id.into()])).await?)
}

/// Rows of `id` and `value_id`, gathered by `id`.
pub(super) fn offers(rows: Vec<QueryResult>) -> Result<Vec<Offer>, DbErr> {
    let mut offers: Vec<Offer> = Vec::new();
    for row in rows {
        let sku_id: i64 = row.try_get("", "id")?;
        let value_id: Option<i64> = row.try_get("", "value_id")?;
        if offers.last().is_none_or(|offer| offer.sku_id != sku_id) {
            offers.push(Offer {
                sku_id,
                value_ids: Vec::new(),
            });
        }
        if let Some(offer) = offers.last_mut() {
            offer.value_ids.extend(value_id);
        }
    }
    Ok(offers)
}

/// An attribute of the SKU's product that has values, none of which the SKU has.
pub(crate) async fn attribute_without_value(txn: &WriteTxn, sku_id: SkuId) -> Result<Option<i64>, DbErr> {
    let sql = "SELECT attribute.id FROM goods_sku sku \
         JOIN goods_spu_sale_attr attribute ON attribute.spu_id = sku.spu_id \
         JOIN goods_sale_attr_value value ON value.spu_sale_attr_id = attribute.id \
         LEFT JOIN goods_sku_sale_attr_value own ON own.saleattrvalue_id = value.id AND own.sku_id = sku.id \
         WHERE sku.id = ? GROUP BY attribute.id HAVING COUNT(own.id) = 0 ORDER BY attribute.id LIMIT 1";
    let row = txn.query_one_raw(statement(txn, sql, [sku_id.0.into()])).await?;
    row.map(|row| row.try_get("", "id")).transpose()
}

/// Whether the fact of a SKU's text is one of the SKU's own product.
pub(crate) async fn is_own_spec(txn: &WriteTxn, spec_value_id: i64) -> Result<bool, DbErr> {
    let sql = "SELECT 1 FROM goods_spu_spec_value fact \
         JOIN goods_sku sku ON sku.id = fact.sku_id \
         JOIN goods_spu_spec spec ON spec.id = fact.spu_spec_id \
         WHERE fact.id = ? AND spec.spu_id = sku.spu_id";
    let row = txn
        .query_one_raw(statement(txn, sql, [spec_value_id.into()]))
        .await?;
    Ok(row.is_some())
}
