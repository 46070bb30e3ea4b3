//! Step 1: orders, their lines, their history, outbox and inbox (contract §4, reliability §5.5).

use common::outbox;
use sea_orm::DbBackend;
use sea_orm_migration::prelude::{
    ColumnDef, DbErr, DeriveMigrationName, Expr, ExprTrait, ForeignKey, ForeignKeyAction, Index,
    IndexCreateStatement, MigrationTrait, SchemaManager, Table, TableCreateStatement, async_trait,
};

/// See the file's head.
#[derive(DeriveMigrationName)]
pub struct Migration;

const ORDERS: &str = "orders_order_info";
const LINES: &str = "orders_order_goods";
const EVENTS: &str = "orders_order_event";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for mut table in [orders(), lines(), events()] {
            if manager.get_database_backend() == DbBackend::MySql {
                table.character_set("utf8mb4").collate("utf8mb4_bin");
            }
            // MariaDB commits each CREATE by itself: a step killed half-way finds its first tables there.
            manager.create_table(table.if_not_exists().to_owned()).await?;
        }
        for (table, name, index) in indexes() {
            if !manager.has_index(table, name).await? {
                manager.create_index(index).await?;
            }
        }
        outbox::create_tables(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        outbox::drop_tables(manager).await?;
        for table in [EVENTS, LINES, ORDERS] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn text(name: &'static str, length: u32) -> ColumnDef {
    ColumnDef::new(name).string_len(length).to_owned()
}

fn time(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).custom("datetime(6)").to_owned()
}

fn orders() -> TableCreateStatement {
    let number = |name: &'static str| ColumnDef::new(name).big_integer().not_null().to_owned();
    let small = |name: &'static str| ColumnDef::new(name).small_integer().not_null().to_owned();
    Table::create()
        .table(ORDERS)
        .col(text("order_id", 64).not_null().primary_key())
        .col(number("user_profile_id"))
        .col(number("total_amount"))
        .col(number("freight"))
        .col(number("total_count"))
        .col(small("pay_method").default(1))
        .col(small("status"))
        .col(text("receiver", 10).not_null())
        .col(text("address", 100).not_null())
        .col(text("receiver_mobile", 11).not_null())
        .col(text("tag", 10).not_null())
        .col(number("version").default(0))
        .col(ColumnDef::new("wanted").text().not_null())
        .col(time("pay_deadline"))
        .col(text("trade_no", 64))
        .col(time("claimed_until"))
        .col(text("idempotency_key", 64))
        .col(text("request_hash", 64))
        .col(ColumnDef::new("answer").text())
        .col(time("created_time").not_null())
        .col(time("updated_time").not_null())
        .check(Expr::col("status").is_in([1, 2, 3, 4, 11, 12, 13, 15, 16]))
        .check(Expr::col("total_amount").gte(0))
        .to_owned()
}

fn lines() -> TableCreateStatement {
    Table::create()
        .table(LINES)
        .col(
            ColumnDef::new("id")
                .big_integer()
                .not_null()
                .auto_increment()
                .primary_key(),
        )
        .col(text("order_info_id", 64).not_null())
        .col(ColumnDef::new("sku_id").big_integer().not_null())
        .col(ColumnDef::new("count").big_integer().not_null())
        .col(ColumnDef::new("price").big_integer().not_null())
        .col(text("name", 50).not_null())
        .col(text("image", 100).not_null())
        .col(ColumnDef::new("attr_names").text().not_null())
        .col(ColumnDef::new("attr_values").text().not_null())
        .check(Expr::col("count").gte(1))
        .check(Expr::col("price").gte(0))
        .foreign_key(
            ForeignKey::create()
                .from(LINES, "order_info_id")
                .to(ORDERS, "order_id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn events() -> TableCreateStatement {
    Table::create()
        .table(EVENTS)
        .col(
            ColumnDef::new("id")
                .big_integer()
                .not_null()
                .auto_increment()
                .primary_key(),
        )
        .col(text("order_id", 64).not_null())
        .col(ColumnDef::new("from_status").small_integer().not_null())
        .col(ColumnDef::new("to_status").small_integer().not_null())
        .col(text("cause", 120).not_null())
        .col(text("actor", 40).not_null())
        .col(time("at").not_null())
        .to_owned()
}

/// The unique ones keep promises: one order per key, one line per SKU. The others serve, in this order, a buyer's
/// list and newest id, the jobs, and the history of one order.
fn indexes() -> [(&'static str, &'static str, IndexCreateStatement); 5] {
    let index = |table: &'static str, name: &'static str, columns: [&'static str; 2]| {
        let [first, second] = columns;
        let index = Index::create()
            .name(name)
            .table(table)
            .col(first)
            .col(second)
            .to_owned();
        (table, name, index)
    };
    let unique = |table, name, columns| {
        let (table, name, mut index) = index(table, name, columns);
        (table, name, index.unique().to_owned())
    };
    [
        unique(ORDERS, "orders_order_key", ["user_profile_id", "idempotency_key"]),
        unique(LINES, "orders_goods_sku", ["order_info_id", "sku_id"]),
        index(ORDERS, "orders_order_user", ["user_profile_id", "order_id"]),
        index(ORDERS, "orders_order_deadline", ["status", "pay_deadline"]),
        index(EVENTS, "orders_event_order", ["order_id", "id"]),
    ]
}
