//! `pays_notify_log`: every rightly signed notify, once.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "pays_notify_log")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub notify_id: String,
    /// SHA-256 of `raw` in hex; unique together with `notify_id`, so that repetitions leave no rows.
    pub digest: String,
    /// What was signed, without the buyer's personal fields.
    pub raw: String,
    /// What became of it the first time.
    pub verdict: String,
    pub at: DateTime<Utc>,
    /// The order, by the notify's word.
    pub out_trade_no: Option<String>,
    /// How often it came.
    pub times: i32,
    /// What became of it the last time.
    pub last_verdict: Option<String>,
    pub last_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
