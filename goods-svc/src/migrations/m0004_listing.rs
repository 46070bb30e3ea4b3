//! `goods_sku.catalog_id`: the category of the SKU's product, kept beside it, so that a category's launched SKUs lie
//! side by side in one index. Joining them anew for every page reads the whole category (a hundred thousand SKUs).

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::prelude::DeriveMigrationName;
use sea_orm_migration::prelude::async_trait::async_trait;
use sea_orm_migration::sea_query::{ColumnDef, Index, Table};
use sea_orm_migration::{MigrationTrait, SchemaManager};

use super::columns::{count, create_index};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

const TABLE: &str = "goods_sku";
/// Both are set by `store/listing.rs`; `changed_time` tells those who follow the catalogue.
const COLUMNS: [&str; 2] = ["catalog_id", "changed_time"];
const INDEXES: [&[&str]; 3] = [
    &["catalog_id", "is_launched", "id"],
    &["changed_time"],
    &["updated_time"],
];

#[async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in COLUMNS {
            if !manager.has_column(TABLE, name).await? {
                let mut column = match name {
                    "catalog_id" => count(name),
                    _ => ColumnDef::new(name).custom("datetime(6)").to_owned(),
                };
                let add = Table::alter().table(TABLE).add_column(&mut column).to_owned();
                manager.alter_table(add).await?;
            }
        }
        let fill = "UPDATE goods_sku SET catalog_id = \
             (SELECT spu.catalog_id FROM goods_spu spu WHERE spu.id = goods_sku.spu_id)";
        manager.get_connection().execute_unprepared(fill).await?;
        for columns in INDEXES {
            create_index(manager, TABLE, columns).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for columns in INDEXES {
            let name = format!("{TABLE}_by_{}", columns.join("_"));
            let index = Index::drop().name(name).table(TABLE).to_owned();
            manager.drop_index(index).await?;
        }
        for name in COLUMNS {
            let drop = Table::alter().table(TABLE).drop_column(name).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}
