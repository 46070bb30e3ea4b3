//! The lines of orders.

use std::collections::HashMap;

use common::contracts::ids::{OrderId, SkuId};
use common::money::Fen;
use sea_orm::{ActiveValue, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::entity::order_line::{ActiveModel, Column, Entity, Model};
use crate::domain::order::SoldLine;

/// Stores the lines of an order, in one statement.
pub async fn insert(db: &impl ConnectionTrait, order: &OrderId, lines: &[SoldLine]) -> Result<(), DbErr> {
    let rows: Result<Vec<ActiveModel>, DbErr> = lines.iter().map(|line| row(order, line)).collect();
    Entity::insert_many(rows?).exec_without_returning(db).await?;
    Ok(())
}

/// The lines of all these orders, by order id, ascending by SKU; in one statement.
pub async fn of_orders(
    db: &impl ConnectionTrait,
    orders: impl Iterator<Item = &OrderId>,
) -> Result<HashMap<String, Vec<SoldLine>>, DbErr> {
    let ids: Vec<&str> = orders.map(OrderId::as_str).collect();
    let mut lines: HashMap<String, Vec<SoldLine>> = HashMap::new();
    if ids.is_empty() {
        return Ok(lines);
    }
    let rows = Entity::find()
        .filter(Column::OrderInfoId.is_in(ids))
        .order_by_asc(Column::SkuId);
    for row in rows.all(db).await? {
        let order = row.order_info_id.clone();
        lines.entry(order).or_default().push(SoldLine::try_from(row)?);
    }
    Ok(lines)
}

fn row(order: &OrderId, line: &SoldLine) -> Result<ActiveModel, DbErr> {
    Ok(ActiveModel {
        id: ActiveValue::NotSet,
        order_info_id: ActiveValue::Set(order.to_string()),
        sku_id: ActiveValue::Set(line.sku_id.0),
        count: ActiveValue::Set(line.count),
        price: ActiveValue::Set(line.price.0),
        name: ActiveValue::Set(line.name.clone()),
        image: ActiveValue::Set(line.image.clone()),
        attr_names: ActiveValue::Set(to_json(&line.attr_names)?),
        attr_values: ActiveValue::Set(to_json(&line.attr_values)?),
    })
}

impl TryFrom<Model> for SoldLine {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        Ok(Self {
            sku_id: SkuId(row.sku_id),
            count: row.count,
            price: Fen(row.price),
            name: row.name,
            image: row.image,
            attr_names: from_json(&row.attr_names)?,
            attr_values: from_json(&row.attr_values)?,
        })
    }
}

fn to_json(texts: &[String]) -> Result<String, DbErr> {
    serde_json::to_string(texts).map_err(|error| DbErr::Json(error.to_string()))
}

fn from_json(text: &str) -> Result<Vec<String>, DbErr> {
    serde_json::from_str(text).map_err(|error| DbErr::Json(error.to_string()))
}
