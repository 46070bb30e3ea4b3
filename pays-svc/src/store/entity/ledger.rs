//! `pays_ledger`: double entry; each movement of money is a debit row and a credit row.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait,
    EnumIter, PrimaryKeyTrait, sea_query::StringLen,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "pays_ledger")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Unique together with `side`: nothing is written twice.
    pub movement: String,
    pub side: Side,
    pub account: String,
    /// In fen, above zero.
    pub amount: i64,
    pub order_id: String,
    pub trade_no: String,
    /// When the money moved, by the provider's word.
    pub moved_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(6))",
    rename_all = "snake_case"
)]
pub enum Side {
    Debit,
    Credit,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
