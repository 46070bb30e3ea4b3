//! The table `orders_order_info`: one row per order.

use sea_orm::prelude::{
    ActiveModelBehavior, DateTimeUtc, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait,
    EnumIter, PrimaryKeyTrait,
};

/// An order, from the first instant of its checkout on.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "orders_order_info")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_id: String,
    pub user_profile_id: i64,
    /// Fen, freight included; zero until the checkout is complete.
    pub total_amount: i64,
    /// Fen.
    pub freight: i64,
    /// Pieces of all lines.
    pub total_count: i64,
    pub pay_method: i16,
    pub status: i16,
    pub receiver: String,
    pub address: String,
    pub receiver_mobile: String,
    pub tag: String,
    /// Grows with each row of `orders_order_event`.
    pub version: i64,
    /// The lines that the buyer asked for, as JSON: the checkout's log until the lines proper are written.
    pub wanted: String,
    pub pay_deadline: Option<DateTimeUtc>,
    pub trade_no: Option<String>,
    /// Until then one replica's job works on the row. A checkout whose row was ever claimed is not completed.
    pub claimed_until: Option<DateTimeUtc>,
    /// SHA-256 of the `Idempotency-Key` that this order belongs to, in hexadecimal.
    pub idempotency_key: Option<String>,
    /// SHA-256 of the request's meaning, in hexadecimal.
    pub request_hash: Option<String>,
    /// What the key's first request was answered, as JSON.
    pub answer: Option<String>,
    pub created_time: DateTimeUtc,
    pub updated_time: DateTimeUtc,
    /// Who carries the parcel.
    pub carrier: Option<String>,
    pub tracking_no: Option<String>,
    /// When a shipped order is done although its buyer says nothing; empty in every other status.
    pub complete_at: Option<DateTimeUtc>,
    /// When its buyer put it out of their sight.
    pub hidden_time: Option<DateTimeUtc>,
    /// Fen that went back or are on their way back; never above `total_amount`.
    pub refund_total: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
