//! Reservations, the log of why stock changed, and the tables of events (reliability §5.5).

use common::outbox;
use sea_orm::DbErr;
use sea_orm_migration::prelude::DeriveMigrationName;
use sea_orm_migration::prelude::async_trait::async_trait;
use sea_orm_migration::sea_query::{ColumnDef, Expr, ExprTrait, ForeignKey, Index, Table};
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
        create_reservations(manager).await?;
        create_stock_log(manager).await?;
        outbox::create_tables(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        outbox::drop_tables(manager).await?;
        for table in ["goods_stock_log", "goods_reservation_line", "goods_reservation"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

async fn create_reservations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let head = table(manager, "goods_reservation")
        .col(text("order_id", 64).primary_key())
        .col(text("state", 8))
        .col(ColumnDef::new("hold_until").custom("datetime(6)"))
        .col(time("created_time"))
        .col(time("updated_time"))
        .check(Expr::col("state").is_in(["held", "sold", "released"]))
        .to_owned();
    manager.create_table(head).await?;
    // No foreign key to goods_sku: inserting a line would lock the SKU's row in a second way, and what was sold
    // outlives the SKU.
    let line = table(manager, "goods_reservation_line")
        .col(text("order_id", 64))
        .col(number("sku_id"))
        .col(number("count"))
        .col(number("price_fen"))
        .primary_key(Index::create().col("order_id").col("sku_id"))
        .check(Expr::col("count").gt(0))
        .foreign_key(
            ForeignKey::create()
                .name("goods_reservation_line_order_id")
                .from("goods_reservation_line", "order_id")
                .to("goods_reservation", "order_id"),
        )
        .to_owned();
    manager.create_table(line).await
}

async fn create_stock_log(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let log = table(manager, "goods_stock_log")
        .col(
            ColumnDef::new("id")
                .big_integer()
                .not_null()
                .auto_increment()
                .primary_key(),
        )
        .col(number("sku_id"))
        .col(ColumnDef::new("order_id").string_len(64))
        .col(number("delta"))
        .col(text("cause", 20))
        .col(time("created_time"))
        // What an order did to a SKU it did once; NULL, which equals nothing, leaves the other causes free.
        .index(
            Index::create()
                .name("goods_stock_log_once")
                .col("order_id")
                .col("sku_id")
                .col("cause")
                .unique(),
        )
        .to_owned();
    manager.create_table(log).await
}
