//! The demo catalogue and its pictures, part of the binary: what the shop sells when it opens for the first time.

use common::backends::open_db;
use common::clock::Clock;
use common::db::Db;
use common::process::Process;
use rust_embed::RustEmbed;

use crate::flows::load_fixture::load_fixture;
use crate::migrations::Migrator;
use crate::settings::DATABASE_URL;
use crate::store::fixture::is_catalogue_empty;

/// The catalogue as a fixture.
pub(crate) const CATALOGUE: &str = include_str!("../demo/catalogue.json");

/// Its pictures, under the paths that the catalogue names.
#[derive(RustEmbed)]
#[folder = "demo/media"]
pub(crate) struct Pictures;

/// Loads the demo catalogue into a shop that has no category yet. To be called before the service is built.
///
/// # Errors
/// When the database cannot be opened, brought up to date or written.
pub async fn load_if_empty(process: &Process) -> anyhow::Result<()> {
    let db = open_db(&process.source, DATABASE_URL, "goods").await?;
    fill(&db, &process.clock).await?;
    Ok(db.close().await?)
}

/// Brings the database up to date and loads the demo catalogue if there is none: a shop that sells keeps its stock.
pub(crate) async fn fill(db: &Db, clock: &Clock) -> anyhow::Result<()> {
    db.migrate::<Migrator>().await?;
    if is_catalogue_empty(db.reader()).await? {
        let loaded = load_fixture(db, clock, CATALOGUE, |_| {}).await?;
        tracing::info!("demo catalogue: {loaded}");
    }
    Ok(())
}
