//! `pays_transaction`: verified money, one row for each trade of the provider.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait,
    EnumIter, PrimaryKeyTrait, sea_query::StringLen,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "pays_transaction")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub trade_no: String,
    pub order_id: String,
    /// In fen.
    pub amount: i64,
    /// Fen of it that went back or are on their way. The database keeps it between 0 and `amount`.
    pub refund_total: i64,
    pub source: Source,
    pub paid_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Source {
    Notify,
    Query,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
