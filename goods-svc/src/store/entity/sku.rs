//! Table `goods_sku`.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait,
};

/// What is sold: a product in one combination of attribute values. Prices in fen.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "goods_sku")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub created_time: DateTime<Utc>,
    pub updated_time: DateTime<Utc>,
    pub name: String,
    pub caption: String,
    pub spu_id: i64,
    pub price: i64,
    pub cost_price: i64,
    pub market_price: i64,
    /// Pieces that can be bought; reserved ones are gone from here.
    pub stock: i64,
    pub sales: i64,
    pub comments: i64,
    pub is_launched: bool,
    /// Path of the picture below the media root.
    pub default_image_url: String,
    /// Grows with every change.
    pub version: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
