//! The table `bus_message`: every message that the embedded bus has not yet delivered, or has parked.

use sea_orm::sea_query::{ColumnDef, Expr, Index, Table};
use sea_orm::{
    ActiveModelBehavior, ColumnTrait, ConnectionTrait, DbErr, DeriveEntityModel, DerivePrimaryKey,
    DeriveRelation, EntityTrait, EnumIter, ExprTrait, PaginatorTrait, PrimaryKeyTrait, QueryFilter,
    QueryOrder, QuerySelect, Select,
};

use crate::db::Db;

/// Values of `state`.
pub const READY: &str = "ready";
pub const PARKED: &str = "parked";

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "bus_message")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub queue: String,
    pub event_id: String,
    pub body: Vec<u8>,
    /// Attempts made so far.
    pub attempts: u32,
    /// Milliseconds since 1970 before which nobody takes it.
    pub available_at: i64,
    pub error: Option<String>,
    pub state: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Creates the table in a new file.
pub async fn create(db: &Db) -> Result<(), DbErr> {
    let table = Table::create()
        .table("bus_message")
        .if_not_exists()
        .col(
            ColumnDef::new("id")
                .big_integer()
                .not_null()
                .auto_increment()
                .primary_key(),
        )
        .col(ColumnDef::new("queue").text().not_null())
        .col(ColumnDef::new("event_id").text().not_null())
        .col(ColumnDef::new("body").blob().not_null())
        .col(ColumnDef::new("attempts").unsigned().not_null())
        .col(ColumnDef::new("available_at").big_integer().not_null())
        .col(ColumnDef::new("error").text())
        .col(ColumnDef::new("state").text().not_null())
        .to_owned();
    db.writer().execute(&table).await?;
    let index = Index::create()
        .name("bus_message_available")
        .if_not_exists()
        .table("bus_message")
        .col("queue")
        .col("state")
        .col("available_at")
        .col("id")
        .to_owned();
    db.writer().execute(&index).await?;
    Ok(())
}

/// The messages of `queue` in `state`.
fn rows(queue: &str, state: &str) -> Select<Entity> {
    Entity::find()
        .filter(Column::Queue.eq(queue))
        .filter(Column::State.eq(state))
}

/// How many messages of `queue` are undelivered.
pub async fn count_ready(db: &Db, queue: &str) -> Result<u64, DbErr> {
    rows(queue, READY).count(db.reader()).await
}

/// The next `limit` messages of `queue` that are due at `now` (milliseconds).
pub async fn due(db: &Db, queue: &str, now: i64, limit: u64) -> Result<Vec<Model>, DbErr> {
    rows(queue, READY)
        .filter(Column::AvailableAt.lte(now))
        .order_by_asc(Column::AvailableAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db.reader())
        .await
}

/// When the first message of `queue` that is not due at `now` will be (milliseconds).
pub async fn next_due(db: &Db, queue: &str, now: i64) -> Result<Option<i64>, DbErr> {
    rows(queue, READY)
        .select_only()
        .column(Column::AvailableAt)
        .filter(Column::AvailableAt.gt(now))
        .order_by_asc(Column::AvailableAt)
        .limit(1)
        .into_tuple()
        .one(db.reader())
        .await
}

/// The oldest parked messages of `queue`.
pub async fn parked(db: &Db, queue: &str, limit: u64) -> Result<Vec<Model>, DbErr> {
    rows(queue, PARKED)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db.reader())
        .await
}

/// Forgets delivered messages.
pub async fn delete(db: &Db, ids: Vec<i64>) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::Id.is_in(ids))
        .exec(db.writer())
        .await?;
    Ok(())
}

/// Counts a failed attempt at `id`: it comes again at `available_at` (`READY`), or not by itself (`PARKED`).
pub async fn set_failed(
    db: &Db,
    id: i64,
    state: &'static str,
    available_at: i64,
    error: String,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::AvailableAt, Expr::value(available_at))
        .col_expr(Column::Error, Expr::value(error))
        .filter(Column::Id.eq(id))
        .exec(db.writer())
        .await?;
    Ok(())
}

/// Makes the oldest parked messages of `queue` new again; answers how many.
pub async fn unpark(db: &Db, queue: &str, limit: u64, now: i64) -> Result<u64, DbErr> {
    let ids = parked(db, queue, limit).await?.into_iter().map(|row| row.id);
    let unparked = Entity::update_many()
        .col_expr(Column::State, Expr::value(READY))
        .col_expr(Column::Attempts, Expr::value(0))
        .col_expr(Column::AvailableAt, Expr::value(now))
        .filter(Column::Id.is_in(ids))
        .filter(Column::State.eq(PARKED))
        .exec(db.writer())
        .await?;
    Ok(unparked.rows_affected)
}
