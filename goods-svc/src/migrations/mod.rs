//! The database's history: every step in order, each in a file of its own, the same on both engines.

mod columns;
mod m0001_catalogue;
mod m0002_reservations;
mod m0003_expired_reservations;
mod m0004_listing;
mod m0005_staff;

use sea_orm_migration::prelude::async_trait::async_trait;
use sea_orm_migration::{MigrationTrait, MigratorTrait};

/// Brings a database from nothing to what this version needs.
pub(crate) struct Migrator;

#[async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_catalogue::Migration),
            Box::new(m0002_reservations::Migration),
            Box::new(m0003_expired_reservations::Migration),
            Box::new(m0004_listing::Migration),
            Box::new(m0005_staff::Migration),
        ]
    }
}
