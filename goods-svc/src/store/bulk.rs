//! Many rows at once: a large catalogue, with ids that the caller has chosen.

use chrono::{DateTime, Utc};
use common::db::WriteTxn;
use sea_orm::{ConnectionTrait, DbErr, Value};

use super::{placeholders, statement};
use crate::domain::demo_catalogue::{Brand, DemoProduct, DemoSku};

/// Values of one statement: below SQLite's limit of 32,766.
const VALUES_PER_STATEMENT: usize = 30_000;

/// The next free id of each table whose rows others refer to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NextIds {
    spu: i64,
    attribute: i64,
    value: i64,
    sku: i64,
    spec: i64,
}

impl NextIds {
    /// Looks.
    pub(crate) async fn read(db: &impl ConnectionTrait) -> Result<Self, DbErr> {
        Ok(Self {
            spu: next_id(db, "goods_spu").await?,
            attribute: next_id(db, "goods_spu_sale_attr").await?,
            value: next_id(db, "goods_sale_attr_value").await?,
            sku: next_id(db, "goods_sku").await?,
            spec: next_id(db, "goods_spu_spec").await?,
        })
    }
}

async fn next_id(db: &impl ConnectionTrait, table: &str) -> Result<i64, DbErr> {
    let sql = format!("SELECT COALESCE(MAX(id), 0) + 1 AS id FROM {table}");
    let row = db.query_one_raw(statement(db, sql, [])).await?;
    row.map_or(Ok(1), |row| row.try_get("", "id"))
}

/// The id of the category or brand of that name, if there is one.
pub(crate) async fn find_named(
    db: &impl ConnectionTrait,
    table: &str,
    name: &str,
) -> Result<Option<i64>, DbErr> {
    let sql = format!("SELECT MIN(id) AS id FROM {table} WHERE name = ?");
    let row = db.query_one_raw(statement(db, sql, [name.into()])).await?;
    Ok(row.map(|row| row.try_get("", "id")).transpose()?.flatten())
}

/// Adds a category.
pub(crate) async fn insert_catalog(txn: &WriteTxn, name: &str, now: DateTime<Utc>) -> Result<(), DbErr> {
    let mut rows = Rows::of("goods_catalog", &["name", "created_time", "updated_time"]);
    rows.add([name.into(), now.into(), now.into()]);
    rows.insert(txn).await
}

/// Adds a brand.
pub(crate) async fn insert_brand(txn: &WriteTxn, brand: Brand, now: DateTime<Utc>) -> Result<(), DbErr> {
    let columns = &["name", "logo", "first_letter", "created_time", "updated_time"];
    let mut rows = Rows::of("goods_brand", columns);
    let (name, logo, letter) = brand;
    rows.add([name.into(), logo.into(), letter.into(), now.into(), now.into()]);
    rows.insert(txn).await
}

/// A product, and the ids of its category and brand.
pub(crate) type Placed<'a> = (&'a DemoProduct, i64, i64);

/// Adds products with all that belongs to them, stock and its cause included.
pub(crate) async fn insert_products(
    txn: &WriteTxn,
    next: &mut NextIds,
    products: &[Placed<'_>],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let mut tables = Tables::new(now);
    for (product, catalog_id, brand_id) in products {
        tables.add(next, product, *catalog_id, *brand_id);
    }
    for rows in tables.in_order() {
        rows.insert(txn).await?;
    }
    Ok(())
}

/// The rows of products, by table.
struct Tables {
    now: DateTime<Utc>,
    spus: Rows,
    attributes: Rows,
    values: Rows,
    skus: Rows,
    chosen: Rows,
    images: Rows,
    specs: Rows,
    facts: Rows,
    log: Rows,
}

const SKU_COLUMNS: &[&str] = &[
    "id",
    "name",
    "caption",
    "spu_id",
    "catalog_id",
    "price",
    "cost_price",
    "market_price",
    "stock",
    "default_image_url",
    "created_time",
    "updated_time",
];

impl Tables {
    fn new(now: DateTime<Utc>) -> Self {
        let (made, changed) = ("created_time", "updated_time");
        Self {
            now,
            spus: Rows::of(
                "goods_spu",
                &["id", "name", "brand_id", "catalog_id", made, changed],
            ),
            attributes: Rows::of("goods_spu_sale_attr", &["id", "spu_id", "name", made, changed]),
            values: Rows::of(
                "goods_sale_attr_value",
                &["id", "spu_sale_attr_id", "name", made, changed],
            ),
            skus: Rows::of("goods_sku", SKU_COLUMNS),
            chosen: Rows::of("goods_sku_sale_attr_value", &["sku_id", "saleattrvalue_id"]),
            images: Rows::of("goods_sku_image", &["sku_id", "image", made, changed]),
            specs: Rows::of("goods_spu_spec", &["id", "spu_id", "name", made, changed]),
            facts: Rows::of(
                "goods_spu_spec_value",
                &["sku_id", "spu_spec_id", "name", made, changed],
            ),
            log: Rows::of("goods_stock_log", &["sku_id", "delta", "cause", "created_time"]),
        }
    }

    fn in_order(self) -> [Rows; 9] {
        [
            self.spus,
            self.attributes,
            self.values,
            self.skus,
            self.chosen,
            self.images,
            self.specs,
            self.facts,
            self.log,
        ]
    }

    fn add(&mut self, next: &mut NextIds, product: &DemoProduct, catalog_id: i64, brand_id: i64) {
        let now = || Value::from(self.now);
        let spu_id = take(&mut next.spu);
        let name = product.name.as_str().into();
        self.spus.add([
            spu_id.into(),
            name,
            brand_id.into(),
            catalog_id.into(),
            now(),
            now(),
        ]);
        let first_values = product.attributes.each_ref().map(|(name, values)| {
            let attribute_id = take(&mut next.attribute);
            self.attributes
                .add([attribute_id.into(), spu_id.into(), (*name).into(), now(), now()]);
            let first = next.value;
            for value in values {
                let id = take(&mut next.value);
                self.values
                    .add([id.into(), attribute_id.into(), (*value).into(), now(), now()]);
            }
            first
        });
        let specs = product.facts.map(|(name, fact)| {
            let id = take(&mut next.spec);
            self.specs
                .add([id.into(), spu_id.into(), name.into(), now(), now()]);
            (id, fact)
        });
        for sku in &product.skus {
            let sku_id = take(&mut next.sku);
            self.add_sku(sku_id, sku, spu_id, catalog_id);
            for (first, place) in first_values.iter().zip(sku.values) {
                let value_id = first + i64::try_from(place).unwrap_or_default();
                self.chosen.add([sku_id.into(), value_id.into()]);
            }
            for (spec_id, fact) in specs {
                let now = Value::from(self.now);
                self.facts
                    .add([sku_id.into(), spec_id.into(), fact.into(), now.clone(), now]);
            }
        }
    }

    fn add_sku(&mut self, sku_id: i64, sku: &DemoSku, spu_id: i64, catalog_id: i64) {
        let now = || Value::from(self.now);
        let [cost, market] = [sku.price * 55 / 100, sku.price * 125 / 100];
        self.skus.add([
            sku_id.into(),
            sku.name.as_str().into(),
            sku.caption.as_str().into(),
            spu_id.into(),
            catalog_id.into(),
            sku.price.into(),
            cost.into(),
            market.into(),
            sku.stock.into(),
            format!("sku/{}", sku.picture).into(),
            now(),
            now(),
        ]);
        let image = format!("sku_images/{}", sku.picture);
        self.images.add([sku_id.into(), image.into(), now(), now()]);
        self.log
            .add([sku_id.into(), sku.stock.into(), "demo".into(), now()]);
    }
}

/// Hands out the next id.
fn take(next: &mut i64) -> i64 {
    let id = *next;
    *next += 1;
    id
}

/// Rows of one table.
struct Rows {
    table: &'static str,
    columns: Vec<&'static str>,
    values: Vec<Value>,
}

impl Rows {
    fn of(table: &'static str, columns: &[&'static str]) -> Self {
        Self {
            table,
            columns: columns.to_vec(),
            values: Vec::new(),
        }
    }

    fn add<const N: usize>(&mut self, row: [Value; N]) {
        debug_assert_eq!(N, self.columns.len());
        self.values.extend(row);
    }

    async fn insert(mut self, txn: &WriteTxn) -> Result<(), DbErr> {
        let width = self.columns.len();
        let per_statement = VALUES_PER_STATEMENT / width * width;
        while !self.values.is_empty() {
            let rest = self.values.split_off(per_statement.min(self.values.len()));
            let values = std::mem::replace(&mut self.values, rest);
            let row = format!("({})", placeholders(width));
            let sql = format!(
                "INSERT INTO {} ({}) VALUES {}",
                self.table,
                self.columns.join(", "),
                vec![row; values.len() / width].join(", ")
            );
            txn.execute_raw(statement(txn, sql, values)).await?;
        }
        Ok(())
    }
}
