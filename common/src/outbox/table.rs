//! The tables `outbox` and `inbox`, the same in every service's database.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelBehavior, DbErr, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait,
};
use sea_orm_migration::SchemaManager;
use sea_orm_migration::sea_query::{ColumnDef, Index, Table, TableCreateStatement};

/// An event that waits to be published, or was in the last days.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub event_id: String,
    pub topic: String,
    pub version: u32,
    pub event_key: String,
    /// The event as JSON.
    pub payload: String,
    pub trace: Option<String>,
    pub created_at: DateTime<Utc>,
    pub published_at: Option<DateTime<Utc>>,
    pub lease_owner: Option<String>,
    /// Until then nobody but the owner publishes the row; without an owner, nobody at all.
    pub lease_until: Option<DateTime<Utc>>,
    /// Attempts to publish that failed.
    pub tries: u32,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Creates the tables `outbox` and `inbox`, as far as a step that was killed half-way has not: part of every
/// service's migrations.
pub async fn create_tables(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager.create_table(outbox_table()).await?;
    if !manager.has_index("outbox", "outbox_published_at").await? {
        let waiting = Index::create()
            .name("outbox_published_at")
            .table("outbox")
            .col("published_at")
            .col("id")
            .to_owned();
        manager.create_index(waiting).await?;
    }
    manager.create_table(inbox_table()).await?;
    if !manager.has_index("inbox", "inbox_at").await? {
        let oldest = Index::create()
            .name("inbox_at")
            .table("inbox")
            .col("at")
            .to_owned();
        manager.create_index(oldest).await?;
    }
    Ok(())
}

/// Drops what [`create_tables`] made.
pub async fn drop_tables(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for table in ["inbox", "outbox"] {
        manager.drop_table(Table::drop().table(table).to_owned()).await?;
    }
    Ok(())
}

fn outbox_table() -> TableCreateStatement {
    Table::create()
        .table("outbox")
        .if_not_exists()
        .col(
            ColumnDef::new("id")
                .big_integer()
                .not_null()
                .auto_increment()
                .primary_key(),
        )
        .col(ColumnDef::new("event_id").char_len(36).not_null().unique_key())
        .col(ColumnDef::new("topic").string_len(80).not_null())
        .col(ColumnDef::new("version").unsigned().not_null())
        .col(ColumnDef::new("event_key").string_len(80).not_null())
        .col(ColumnDef::new("payload").custom("mediumtext").not_null())
        .col(ColumnDef::new("trace").char_len(55))
        .col(ColumnDef::new("created_at").custom("datetime(6)").not_null())
        .col(ColumnDef::new("published_at").custom("datetime(6)"))
        .col(ColumnDef::new("lease_owner").char_len(36))
        .col(ColumnDef::new("lease_until").custom("datetime(6)"))
        .col(ColumnDef::new("tries").unsigned().not_null().default(0))
        .to_owned()
}

fn inbox_table() -> TableCreateStatement {
    Table::create()
        .table("inbox")
        .if_not_exists()
        .col(ColumnDef::new("consumer").string_len(40).not_null())
        .col(ColumnDef::new("event_id").char_len(36).not_null())
        .col(ColumnDef::new("at").custom("datetime(6)").not_null())
        .primary_key(Index::create().col("consumer").col("event_id"))
        .to_owned()
}
