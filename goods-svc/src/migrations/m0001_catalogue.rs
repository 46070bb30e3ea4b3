//! The ten tables of the catalogue, named as the course names them (contract §4); money in fen (contract §0.11).

use sea_orm::DbErr;
use sea_orm_migration::prelude::DeriveMigrationName;
use sea_orm_migration::prelude::async_trait::async_trait;
use sea_orm_migration::sea_query::{ColumnDef, Expr, ExprTrait, Index, Table};
use sea_orm_migration::{MigrationTrait, SchemaManager};

use super::columns::{belongs_to, count, course_table, create_index, number, table, text};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// Children first: the order in which the tables can be dropped.
const TABLES: [&str; 10] = [
    "goods_spu_spec_value",
    "goods_spu_spec",
    "goods_sku_image",
    "goods_sku_sale_attr_value",
    "goods_sku",
    "goods_sale_attr_value",
    "goods_spu_sale_attr",
    "goods_spu",
    "goods_brand",
    "goods_catalog",
];

#[async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_products(manager).await?;
        create_sale_attributes(manager).await?;
        create_skus(manager).await?;
        create_parts_of_skus(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

async fn create_products(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let catalog = course_table(manager, "goods_catalog")
        .col(text("name", 10))
        .to_owned();
    manager.create_table(catalog).await?;
    let brand = course_table(manager, "goods_brand")
        .col(text("name", 20))
        .col(text("logo", 100))
        .col(text("first_letter", 1))
        .to_owned();
    manager.create_table(brand).await?;
    let spu = course_table(manager, "goods_spu")
        .col(text("name", 50))
        .col(count("sales"))
        .col(count("comments"))
        .col(number("brand_id"))
        .col(number("catalog_id"))
        .foreign_key(&mut belongs_to("goods_spu", "brand_id", "goods_brand"))
        .foreign_key(&mut belongs_to("goods_spu", "catalog_id", "goods_catalog"))
        .to_owned();
    manager.create_table(spu).await?;
    create_index(manager, "goods_spu", &["brand_id"]).await?;
    create_index(manager, "goods_spu", &["catalog_id"]).await
}

async fn create_sale_attributes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let attribute = course_table(manager, "goods_spu_sale_attr")
        .col(number("spu_id"))
        .col(text("name", 20))
        .foreign_key(&mut belongs_to("goods_spu_sale_attr", "spu_id", "goods_spu"))
        .to_owned();
    manager.create_table(attribute).await?;
    create_index(manager, "goods_spu_sale_attr", &["spu_id"]).await?;
    let value = course_table(manager, "goods_sale_attr_value")
        .col(number("spu_sale_attr_id"))
        .col(text("name", 20))
        .foreign_key(&mut belongs_to(
            "goods_sale_attr_value",
            "spu_sale_attr_id",
            "goods_spu_sale_attr",
        ))
        .to_owned();
    manager.create_table(value).await?;
    create_index(manager, "goods_sale_attr_value", &["spu_sale_attr_id"]).await
}

async fn create_skus(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let sku = course_table(manager, "goods_sku")
        .col(text("name", 50))
        .col(text("caption", 100))
        .col(number("spu_id"))
        .col(number("price"))
        .col(number("cost_price"))
        .col(number("market_price"))
        .col(count("stock"))
        .col(count("sales"))
        .col(count("comments"))
        .col(ColumnDef::new("is_launched").boolean().not_null().default(true))
        .col(text("default_image_url", 100))
        .col(count("version"))
        // The last line of defence against overselling (reliability I1).
        .check(Expr::col("stock").gte(0))
        .check(Expr::col("price").gte(0))
        .foreign_key(&mut belongs_to("goods_sku", "spu_id", "goods_spu"))
        .to_owned();
    manager.create_table(sku).await?;
    create_index(manager, "goods_sku", &["spu_id", "is_launched"]).await
}

async fn create_parts_of_skus(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let chosen = table(manager, "goods_sku_sale_attr_value")
        .col(
            ColumnDef::new("id")
                .big_integer()
                .not_null()
                .auto_increment()
                .primary_key(),
        )
        .col(number("sku_id"))
        .col(number("saleattrvalue_id"))
        .foreign_key(&mut belongs_to(
            "goods_sku_sale_attr_value",
            "sku_id",
            "goods_sku",
        ))
        .foreign_key(&mut belongs_to(
            "goods_sku_sale_attr_value",
            "saleattrvalue_id",
            "goods_sale_attr_value",
        ))
        .index(
            Index::create()
                .name("goods_sku_sale_attr_value_once")
                .col("sku_id")
                .col("saleattrvalue_id")
                .unique(),
        )
        .to_owned();
    manager.create_table(chosen).await?;
    create_index(manager, "goods_sku_sale_attr_value", &["saleattrvalue_id"]).await?;
    let image = course_table(manager, "goods_sku_image")
        .col(number("sku_id"))
        .col(text("image", 100))
        .foreign_key(&mut belongs_to("goods_sku_image", "sku_id", "goods_sku"))
        .to_owned();
    manager.create_table(image).await?;
    create_index(manager, "goods_sku_image", &["sku_id"]).await?;
    let spec = course_table(manager, "goods_spu_spec")
        .col(number("spu_id"))
        .col(text("name", 20))
        .foreign_key(&mut belongs_to("goods_spu_spec", "spu_id", "goods_spu"))
        .to_owned();
    manager.create_table(spec).await?;
    create_index(manager, "goods_spu_spec", &["spu_id"]).await?;
    let spec_value = course_table(manager, "goods_spu_spec_value")
        .col(number("sku_id"))
        .col(number("spu_spec_id"))
        .col(text("name", 20))
        .foreign_key(&mut belongs_to("goods_spu_spec_value", "sku_id", "goods_sku"))
        .foreign_key(&mut belongs_to(
            "goods_spu_spec_value",
            "spu_spec_id",
            "goods_spu_spec",
        ))
        .to_owned();
    manager.create_table(spec_value).await?;
    create_index(manager, "goods_spu_spec_value", &["sku_id"]).await?;
    create_index(manager, "goods_spu_spec_value", &["spu_spec_id"]).await
}
