//! `pays_reconciliation`: what comparing our books with the provider's bill of a day brought.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait,
    EnumIter, PrimaryKeyTrait, sea_query::StringLen,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "pays_reconciliation")]
pub struct Model {
    /// `2026-11-21`, a day of the shop's clock.
    #[sea_orm(primary_key, auto_increment = false)]
    pub bill_date: String,
    pub state: State,
    /// How many differences were found.
    pub differences: u32,
    /// The differences, one a line, or why there is no result yet.
    pub details: String,
    pub tries: u32,
    /// When the job looks again; empty when it is over.
    pub next_at: Option<DateTime<Utc>>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum State {
    /// Not compared yet.
    Waiting,
    /// Every line has its counterpart.
    Matches,
    /// At least one has not.
    Differs,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
