//! `pays_anomaly`: genuine words of the provider that fit nothing of ours, for a person to look at.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "pays_anomaly")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The error code of its kind.
    pub code: u32,
    /// The trade or refund it is about; unique together with `code`, so that repetitions leave no rows.
    pub reference: String,
    pub details: String,
    pub at: DateTime<Utc>,
    /// When a person dealt with it.
    pub resolved_at: Option<DateTime<Utc>>,
    pub resolved_by: Option<String>,
    pub resolution: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
