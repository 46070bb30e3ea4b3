//! Lists of SKUs by category: the home page and the pages of one category.

use common::contracts::ids::SkuId;
use common::money::Fen;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::statement;
use crate::domain::catalogue::{Card, Shelf};

#[derive(FromQueryResult)]
struct CardRow {
    id: i64,
    name: String,
    caption: String,
    price: i64,
    image: String,
}

impl From<CardRow> for Card {
    fn from(row: CardRow) -> Self {
        Self {
            sku_id: SkuId(row.id),
            name: row.name,
            caption: row.caption,
            price: Fen(row.price),
            image: row.image,
        }
    }
}

#[derive(FromQueryResult)]
struct ShelfRow {
    catalog_id: i64,
    catalog_name: String,
    #[sea_orm(nested)]
    card: CardRow,
}

/// The first `length` launched SKUs of every category that has as many, in one query.
pub(crate) async fn shelves(db: &impl ConnectionTrait, length: i64) -> Result<Vec<Shelf>, DbErr> {
    let sql = "SELECT catalog_id, catalog_name, id, name, caption, price, image FROM (\
         SELECT catalog.id AS catalog_id, catalog.name AS catalog_name, sku.id, sku.name, sku.caption, sku.price, \
                sku.default_image_url AS image, \
                ROW_NUMBER() OVER (PARTITION BY catalog.id ORDER BY sku.id) AS place, \
                COUNT(*) OVER (PARTITION BY catalog.id) AS total \
         FROM goods_catalog catalog \
         JOIN goods_spu spu ON spu.catalog_id = catalog.id \
         JOIN goods_sku sku ON sku.spu_id = spu.id \
         WHERE sku.is_launched) ranked \
         WHERE place <= ? AND total >= ? ORDER BY catalog_id, id";
    let rows = ShelfRow::find_by_statement(statement(db, sql, [length.into(), length.into()]))
        .all(db)
        .await?;
    let mut shelves: Vec<Shelf> = Vec::new();
    for ShelfRow {
        catalog_id,
        catalog_name,
        card,
    } in rows
    {
        match shelves.last_mut() {
            Some(shelf) if shelf.catalog_id == catalog_id => shelf.cards.push(card.into()),
            _ => shelves.push(Shelf {
                catalog_id,
                catalog_name,
                cards: vec![card.into()],
            }),
        }
    }
    Ok(shelves)
}

/// How many launched SKUs a category has; `None` when there is no such category.
pub(crate) async fn count_launched(db: &impl ConnectionTrait, catalog_id: i64) -> Result<Option<i64>, DbErr> {
    let sql = "SELECT (SELECT COUNT(*) FROM goods_spu spu JOIN goods_sku sku ON sku.spu_id = spu.id \
                       WHERE spu.catalog_id = catalog.id AND sku.is_launched) AS total \
         FROM goods_catalog catalog WHERE catalog.id = ?";
    let row = db.query_one_raw(statement(db, sql, [catalog_id.into()])).await?;
    row.map(|row| row.try_get("", "total")).transpose()
}

/// The launched SKUs of a category by id, `size` of them after the first `offset`.
pub(crate) async fn launched_cards(
    db: &impl ConnectionTrait,
    catalog_id: i64,
    offset: i64,
    size: i64,
) -> Result<Vec<Card>, DbErr> {
    let sql = "SELECT sku.id, sku.name, sku.caption, sku.price, sku.default_image_url AS image \
         FROM goods_spu spu JOIN goods_sku sku ON sku.spu_id = spu.id \
         WHERE spu.catalog_id = ? AND sku.is_launched ORDER BY sku.id LIMIT ? OFFSET ?";
    let values = [catalog_id.into(), size.into(), offset.into()];
    let rows = CardRow::find_by_statement(statement(db, sql, values))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Card::from).collect())
}
