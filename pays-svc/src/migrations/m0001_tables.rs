//! The first tables: payments, verified money, refunds, notifies, anomalies; outbox and inbox.

use common::outbox;
use sea_orm::DbBackend;
use sea_orm_migration::prelude::async_trait::async_trait;
use sea_orm_migration::sea_query::{ColumnDef, Expr, ExprTrait, Index, Table, TableCreateStatement};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

/// In the order in which they are made.
const TABLES: [&str; 5] = [
    "pays_payment",
    "pays_transaction",
    "pays_refund",
    "pays_notify_log",
    "pays_anomaly",
];

/// This step.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0001_tables"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for mut table in [payment(), transaction(), refund(), notify_log(), anomaly()] {
            if manager.get_database_backend() == DbBackend::MySql {
                // Binary, so that ids are compared byte for byte, as SQLite does.
                table.character_set("utf8mb4").collate("utf8mb4_bin");
            }
            // MariaDB commits each CREATE by itself: a step killed half-way finds its first tables there.
            manager.create_table(table.if_not_exists().to_owned()).await?;
        }
        for (table, columns) in [
            ("pays_payment", ["next_query_at"].as_slice()),
            ("pays_transaction", &["order_id"]),
            ("pays_refund", &["status", "next_at"]),
            ("pays_refund", &["trade_no"]),
        ] {
            let name = format!("{table}_{}", columns.join("_"));
            if manager.has_index(table, &name).await? {
                continue;
            }
            let mut index = Index::create();
            index.table(table).name(name);
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        outbox::create_tables(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        outbox::drop_tables(manager).await?;
        for table in TABLES {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn time(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).custom("datetime(6)").to_owned()
}

fn amount() -> ColumnDef {
    ColumnDef::new("amount")
        .big_integer()
        .not_null()
        .check(Expr::col("amount").gt(0))
        .to_owned()
}

fn payment() -> TableCreateStatement {
    Table::create()
        .table("pays_payment")
        .col(ColumnDef::new("order_id").string_len(64).not_null().primary_key())
        .col(ColumnDef::new("user_id").big_integer().not_null())
        .col(ColumnDef::new("pay_method").small_integer().not_null())
        .col(amount())
        .col(ColumnDef::new("status").string_len(16).not_null())
        .col(time("expire_at").not_null())
        .col(time("next_query_at"))
        .col(ColumnDef::new("failed_queries").unsigned().not_null())
        .col(time("created_at").not_null())
        .col(time("updated_at").not_null())
        .to_owned()
}

fn transaction() -> TableCreateStatement {
    Table::create()
        .table("pays_transaction")
        .col(ColumnDef::new("trade_no").string_len(64).not_null().primary_key())
        .col(ColumnDef::new("order_id").string_len(64).not_null())
        .col(amount())
        .col(ColumnDef::new("source").string_len(16).not_null())
        .col(time("paid_at").not_null())
        .col(time("created_at").not_null())
        .to_owned()
}

fn refund() -> TableCreateStatement {
    Table::create()
        .table("pays_refund")
        .col(
            ColumnDef::new("out_request_no")
                .string_len(64)
                .not_null()
                .primary_key(),
        )
        .col(ColumnDef::new("trade_no").string_len(64).not_null())
        .col(ColumnDef::new("order_id").string_len(64).not_null())
        .col(amount())
        .col(ColumnDef::new("reason").string_len(16).not_null())
        .col(ColumnDef::new("status").string_len(16).not_null())
        .col(ColumnDef::new("tries").unsigned().not_null())
        .col(time("next_at").not_null())
        .col(time("sent_at"))
        .col(time("created_at").not_null())
        .col(time("updated_at").not_null())
        .to_owned()
}

fn notify_log() -> TableCreateStatement {
    Table::create()
        .table("pays_notify_log")
        .col(id())
        .col(ColumnDef::new("notify_id").string_len(128).not_null())
        .col(ColumnDef::new("digest").char_len(64).not_null())
        .col(ColumnDef::new("raw").custom("mediumtext").not_null())
        .col(ColumnDef::new("verdict").string_len(32).not_null())
        .col(time("at").not_null())
        .index(
            Index::create()
                .unique()
                .name("pays_notify_log_notify")
                .col("notify_id")
                .col("digest"),
        )
        .to_owned()
}

fn anomaly() -> TableCreateStatement {
    Table::create()
        .table("pays_anomaly")
        .col(id())
        .col(ColumnDef::new("code").unsigned().not_null())
        .col(ColumnDef::new("reference").string_len(128).not_null())
        .col(ColumnDef::new("details").text().not_null())
        .col(time("at").not_null())
        .index(
            Index::create()
                .unique()
                .name("pays_anomaly_reference")
                .col("code")
                .col("reference"),
        )
        .to_owned()
}

fn id() -> ColumnDef {
    ColumnDef::new("id")
        .big_integer()
        .not_null()
        .auto_increment()
        .primary_key()
        .to_owned()
}
