//! What staff need: the trail of their changes, and a reason beside each change of stock by hand.

use sea_orm::DbErr;
use sea_orm_migration::prelude::DeriveMigrationName;
use sea_orm_migration::prelude::async_trait::async_trait;
use sea_orm_migration::sea_query::{ColumnDef, Index, Table};
use sea_orm_migration::{MigrationTrait, SchemaManager};

use super::columns::{number, table, text, time};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_audit(manager).await?;
        if manager.has_column("goods_stock_log", "reason").await? {
            return Ok(());
        }
        let reason = Table::alter()
            .table("goods_stock_log")
            .add_column(ColumnDef::new("reason").string_len(200))
            .to_owned();
        manager.alter_table(reason).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let reason = Table::alter()
            .table("goods_stock_log")
            .drop_column("reason")
            .to_owned();
        manager.alter_table(reason).await?;
        manager
            .drop_table(Table::drop().table("goods_audit").to_owned())
            .await
    }
}

async fn create_audit(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let audit = table(manager, "goods_audit")
        .col(
            ColumnDef::new("id")
                .big_integer()
                .not_null()
                .auto_increment()
                .primary_key(),
        )
        .col(number("staff_id"))
        .col(text("staff_name", 20))
        .col(text("action", 20))
        .col(text("model", 30))
        .col(number("row_pk"))
        .col(ColumnDef::new("fields_before").text())
        .col(ColumnDef::new("fields_after").text())
        .col(ColumnDef::new("reason").string_len(200))
        .col(time("created_time"))
        .to_owned();
    manager.create_table(audit).await?;
    if manager.has_index("goods_audit", "goods_audit_by_row").await? {
        return Ok(());
    }
    let by_row = Index::create()
        .name("goods_audit_by_row")
        .table("goods_audit")
        .col("model")
        .col("row_pk")
        .col("id")
        .to_owned();
    manager.create_index(by_row).await
}
