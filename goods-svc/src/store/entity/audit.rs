//! Table `goods_audit`.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait,
};

/// What a member of staff did to the catalogue: one line per change, never altered.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "goods_audit")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub staff_id: i64,
    pub staff_name: String,
    pub action: String,
    /// The row's model, as in fixtures.
    pub model: String,
    pub row_pk: i64,
    /// The fields that changed, as they were: JSON.
    pub fields_before: Option<String>,
    /// And as they became.
    pub fields_after: Option<String>,
    pub reason: Option<String>,
    pub created_time: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
