//! The steps that bring the database of orders-svc up to date, in order.

mod m0001_tables;
mod m0002_after_sale;

use sea_orm_migration::{MigrationTrait, MigratorTrait};

/// The list of steps.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_tables::Migration),
            Box::new(m0002_after_sale::Migration),
        ]
    }
}
