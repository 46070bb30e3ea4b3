//! Table `goods_spu_sale_attr`.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait,
};

/// An attribute in which the SKUs of a product differ, as its colour.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "goods_spu_sale_attr")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub created_time: DateTime<Utc>,
    pub updated_time: DateTime<Utc>,
    pub spu_id: i64,
    pub name: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
