//! `pays_refund`: money that goes back.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait,
    EnumIter, PrimaryKeyTrait, sea_query::StringLen,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "pays_refund")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub out_request_no: String,
    pub trade_no: String,
    pub order_id: String,
    /// In fen.
    pub amount: i64,
    pub reason: Reason,
    pub status: Status,
    pub tries: u32,
    pub next_at: DateTime<Utc>,
    /// When the provider was last called for it.
    pub sent_at: Option<DateTime<Utc>>,
    /// The number under which orders-svc requested it, if it gave one.
    pub refund_no: Option<String>,
    /// Why it needs or needed a person.
    pub failure: Option<String>,
    /// When the money went back.
    pub refunded_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Status {
    New,
    Sent,
    Done,
    NeedsHuman,
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Reason {
    Late,
    Duplicate,
    Amount,
    Buyer,
    Staff,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
