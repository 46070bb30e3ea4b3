//! The table `users_address`.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait,
};

/// A delivery address of a user.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "users_address")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub user_profile_id: i64,
    pub receiver: String,
    pub address: String,
    pub postcode: String,
    pub receiver_mobile: String,
    pub tag: String,
    pub is_default: bool,
    /// Deleted addresses stay, for people who look into a case.
    pub is_delete: bool,
    pub created_time: DateTime<Utc>,
    pub updated_time: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
