//! What can be done with this service from a command line.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Subcommand;
use common::backends::open_db;
use common::clock::Clock;
use common::process::{Process, stop_signal};
use common::settings::{MODE, Source};
use common::task::Tasks;

use crate::demo;
use crate::flows::load_fixture::load_fixture;
use crate::migrations::Migrator;
use crate::settings::{self, DATABASE_URL};
use crate::startup::Application;

/// Commands of `goods-svc`, and of `dadashop goods`.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Answer requests until SIGTERM (the default).
    Serve,
    /// Bring the database up to date, then end.
    Migrate,
    /// Load a catalogue that Django's dumpdata wrote: rows are saved by primary key, all of them or none.
    Loaddata {
        /// The JSON file.
        file: PathBuf,
    },
    /// Load the demo catalogue, if there is no catalogue yet.
    Demo,
}

/// Carries a command out.
///
/// # Errors
/// The first thing that went wrong, with its causes.
pub async fn run(command: Command) -> anyhow::Result<()> {
    let mut source = Source::load()?;
    source.supply(MODE, "production");
    match command {
        Command::Serve => serve(source).await,
        Command::Migrate => Ok(open_db(&source, DATABASE_URL, "goods")
            .await?
            .migrate::<Migrator>()
            .await?),
        Command::Loaddata { file } => load(&source, &file.display().to_string(), &read(&file)?).await,
        Command::Demo => {
            let db = open_db(&source, DATABASE_URL, "goods").await?;
            demo::fill(&db, &Clock::System).await?;
            Ok(db.close().await?)
        }
    }
}

async fn serve(source: Source) -> anyhow::Result<()> {
    let process = Process::start(source, "goods", &settings::all()).await?;
    let signals = Tasks::default();
    let stop = stop_signal(&signals)?;
    let application = Application::build(&process).await?;
    Ok(application.run_until_stopped(stop).await?)
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

async fn load(source: &Source, name: &str, text: &str) -> anyhow::Result<()> {
    let db = open_db(source, DATABASE_URL, "goods").await?;
    db.migrate::<Migrator>().await?;
    let loaded = load_fixture(&db, &Clock::System, text)
        .await
        .with_context(|| format!("nothing of {name} is loaded"))?;
    println!("{name}: {loaded}");
    Ok(db.close().await?)
}
