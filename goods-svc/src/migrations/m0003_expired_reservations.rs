//! Indexes for the sweeper, which looks for expired reservations, and for the audit, which adds up the log by SKU.

use sea_orm::DbErr;
use sea_orm_migration::prelude::DeriveMigrationName;
use sea_orm_migration::prelude::async_trait::async_trait;
use sea_orm_migration::sea_query::Index;
use sea_orm_migration::{MigrationTrait, SchemaManager};

use super::columns::create_index;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

const INDEXES: [(&str, &[&str]); 2] = [
    ("goods_reservation", &["state", "hold_until"]),
    ("goods_stock_log", &["sku_id"]),
];

#[async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in INDEXES {
            create_index(manager, table, columns).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in INDEXES {
            let name = format!("{table}_by_{}", columns.join("_"));
            manager
                .drop_index(Index::drop().name(name).table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}
