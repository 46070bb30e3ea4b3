//! The steps by which the database came to its present shape, in order. A step that was released never changes.

mod m0001_tables;
mod m0002_sessions_weibo_staff;

use sea_orm_migration::prelude::async_trait::async_trait;
use sea_orm_migration::{MigrationTrait, MigratorTrait};

/// The ordered list.
pub struct Migrator;

#[async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_tables::Migration),
            Box::new(m0002_sessions_weibo_staff::Migration),
        ]
    }
}
