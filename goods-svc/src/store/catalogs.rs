//! Lists of SKUs by category: the home page and the pages of one category.

use std::collections::BTreeMap;

use common::contracts::ids::SkuId;
use common::money::Fen;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::{placeholders, statement};
use crate::domain::catalogue::{Card, Shelf};

#[derive(Clone, FromQueryResult)]
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
    #[sea_orm(nested)]
    card: CardRow,
}

#[derive(FromQueryResult)]
struct CatalogRow {
    id: i64,
    name: String,
}

/// Categories whose shelves are read in one query: each is a part of it, and SQLite takes at most 500.
const SHELVES_PER_QUERY: usize = 100;

/// The first `length` launched SKUs of every category that has as many. Reads as many rows, however large the
/// categories are.
pub(crate) async fn shelves(db: &impl ConnectionTrait, length: i64) -> Result<Vec<Shelf>, DbErr> {
    let all = "SELECT id, name FROM goods_catalog ORDER BY id";
    let catalogs = CatalogRow::find_by_statement(statement(db, all, []))
        .all(db)
        .await?;
    let mut shelves = Vec::new();
    for some in catalogs.chunks(SHELVES_PER_QUERY) {
        let part = "SELECT * FROM (SELECT catalog_id, id, name, caption, price, default_image_url AS image \
             FROM goods_sku WHERE catalog_id = ? AND is_launched = TRUE ORDER BY id LIMIT ?) shelf";
        let sql = vec![part; some.len()].join(" UNION ALL ");
        let values = some.iter().flat_map(|catalog| [catalog.id.into(), length.into()]);
        let rows = ShelfRow::find_by_statement(statement(db, sql, values))
            .all(db)
            .await?;
        shelves.extend(some.iter().map(|catalog| shelf(catalog, &rows)));
    }
    shelves.retain(|shelf| i64::try_from(shelf.cards.len()).is_ok_and(|cards| cards == length));
    Ok(shelves)
}

fn shelf(catalog: &CatalogRow, rows: &[ShelfRow]) -> Shelf {
    let own = rows.iter().filter(|row| row.catalog_id == catalog.id);
    let mut cards: Vec<Card> = own.map(|row| Card::from(row.card.clone())).collect();
    cards.sort_by_key(|card| card.sku_id);
    Shelf {
        catalog_id: catalog.id,
        catalog_name: catalog.name.clone(),
        cards,
    }
}

/// How many launched SKUs a category has; `None` when there is no such category.
pub(crate) async fn count_launched(db: &impl ConnectionTrait, catalog_id: i64) -> Result<Option<i64>, DbErr> {
    let sql = "SELECT (SELECT COUNT(*) FROM goods_sku sku \
                       WHERE sku.catalog_id = catalog.id AND sku.is_launched = TRUE) AS total \
         FROM goods_catalog catalog WHERE catalog.id = ?";
    let row = db.query_one_raw(statement(db, sql, [catalog_id.into()])).await?;
    row.map(|row| row.try_get("", "total")).transpose()
}

/// The launched SKUs of a category by id, `size` of them after the first `offset`. What is skipped is skipped in the
/// index; only the rows of the page are read.
pub(crate) async fn launched_cards(
    db: &impl ConnectionTrait,
    catalog_id: i64,
    offset: i64,
    size: i64,
) -> Result<Vec<Card>, DbErr> {
    let sql = "SELECT sku.id, sku.name, sku.caption, sku.price, sku.default_image_url AS image \
         FROM (SELECT id FROM goods_sku WHERE catalog_id = ? AND is_launched = TRUE \
               ORDER BY id LIMIT ? OFFSET ?) page \
         JOIN goods_sku sku ON sku.id = page.id ORDER BY sku.id";
    let values = [catalog_id.into(), size.into(), offset.into()];
    let rows = CardRow::find_by_statement(statement(db, sql, values))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Card::from).collect())
}

/// Those of `ids` that are launched, in the order of `ids`.
pub(crate) async fn cards(db: &impl ConnectionTrait, ids: &[SkuId]) -> Result<Vec<Card>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT id, name, caption, price, default_image_url AS image FROM goods_sku \
         WHERE id IN ({}) AND is_launched = TRUE",
        placeholders(ids.len())
    );
    let values = ids.iter().map(|id| Value::from(id.0));
    let rows = CardRow::find_by_statement(statement(db, sql, values))
        .all(db)
        .await?;
    let mut cards: BTreeMap<SkuId, Card> = rows
        .into_iter()
        .map(|row| (SkuId(row.id), Card::from(row)))
        .collect();
    Ok(ids.iter().filter_map(|id| cards.remove(id)).collect())
}
