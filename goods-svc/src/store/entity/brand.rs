//! Table `goods_brand`.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait,
};

/// A brand.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "goods_brand")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub created_time: DateTime<Utc>,
    pub updated_time: DateTime<Utc>,
    pub name: String,
    /// Path of the logo below the media root.
    pub logo: String,
    pub first_letter: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
