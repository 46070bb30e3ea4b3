//! The table `orders_order_goods`: what was sold, with name and price of that moment.

use sea_orm::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait,
};

/// One SKU of an order.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "orders_order_goods")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub order_info_id: String,
    pub sku_id: i64,
    pub count: i64,
    /// Fen, of one piece.
    pub price: i64,
    pub name: String,
    pub image: String,
    /// JSON array of texts.
    pub attr_names: String,
    /// JSON array of texts, in the order of `attr_names`.
    pub attr_values: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
