//! The table `orders_refund`: money that goes back, or that a buyer asks back.

use sea_orm::prelude::{
    ActiveModelBehavior, DateTimeUtc, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait,
    EnumIter, PrimaryKeyTrait,
};

/// One refund, from the question on.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "orders_refund")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub refund_no: String,
    pub order_id: String,
    /// Fen.
    pub amount: i64,
    /// The numbers of `domain::refund::RefundStatus`.
    pub status: i16,
    /// Whether the order is over with it: all its money went back before the parcel left.
    pub is_closing: bool,
    /// In the words of who asked.
    pub reason: String,
    /// As `user 7`, `staff 3`.
    pub asked_by: String,
    pub created_time: DateTimeUtc,
    pub updated_time: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
