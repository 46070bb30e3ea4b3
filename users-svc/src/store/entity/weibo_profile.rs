//! The table `users_weibo_profile`.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait,
};

/// Which Weibo account logs in which user. Weibo's access token is not kept: nothing here would use it.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "users_weibo_profile")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub user_profile_id: i64,
    pub wuid: String,
    pub created_time: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
