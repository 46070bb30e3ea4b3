//! The steps that bring the database up to date, in order.

mod m0001_tables;
mod m0002_books;

use sea_orm_migration::prelude::async_trait::async_trait;
use sea_orm_migration::{MigrationTrait, MigratorTrait};

/// Of this service's database.
pub(crate) struct Migrator;

#[async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_tables::Migration),
            Box::new(m0002_books::Migration),
        ]
    }
}
