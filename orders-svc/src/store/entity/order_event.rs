//! The table `orders_order_event`: what happened to an order and why; rows are only ever added.

use sea_orm::prelude::{
    ActiveModelBehavior, DateTimeUtc, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait,
    EnumIter, PrimaryKeyTrait,
};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "orders_order_event")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub order_id: String,
    pub from_status: i16,
    pub to_status: i16,
    /// As `Complete` or `Pay trade 2026…`: its first word says what happened.
    pub cause: String,
    /// As `user 7`, `staff 3`, `job`, `pays`.
    pub actor: String,
    pub at: DateTimeUtc,
    /// What a person wrote about it.
    pub detail: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
