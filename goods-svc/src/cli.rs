//! What can be done with this service from a command line.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Subcommand;
use common::backends::open_db;
use common::clock::Clock;
use common::process::{Process, stop_signal};
use common::settings::{MODE, Source};
use common::task::Tasks;

use crate::demo;
use crate::flows::audit_stock::audit_stock;
use crate::flows::grow_catalogue::grow_catalogue;
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
    /// Load the demo catalogue, if there is no catalogue yet; with `--skus`, also make a large one.
    Demo {
        /// Add so many SKUs that look like a catalogue, beside what is there.
        #[arg(long)]
        skus: Option<usize>,
        /// The same seed makes the same products.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Check that stock + held + sold = received for every SKU; says every difference, and fails if there is one.
    Audit,
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
        Command::Demo { skus, seed } => {
            let db = open_db(&source, DATABASE_URL, "goods").await?;
            demo::fill(&db, &Clock::System).await?;
            if let Some(skus) = skus {
                grow_catalogue(&db, &Clock::System, seed, skus, |made| show(made, skus)).await?;
            }
            Ok(db.close().await?)
        }
        Command::Audit => audit(&source).await,
    }
}

async fn serve(source: Source) -> anyhow::Result<()> {
    let process = Process::start(source, "goods", &settings::all()).await?;
    let signals = Tasks::default();
    let stop = stop_signal(&signals)?;
    let application = Application::build(&process).await?;
    application.start_sweeper(&process)?;
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

/// One line that grows on a terminal; elsewhere a line now and then.
fn show(made: usize, skus: usize) {
    let is_end = made >= skus;
    if std::io::stderr().is_terminal() {
        eprint!("\r{made} of {skus} skus{}", if is_end { "\n" } else { "" });
    } else if is_end || made.is_multiple_of(100_000) {
        eprintln!("{made} of {skus} skus");
    }
}

async fn audit(source: &Source) -> anyhow::Result<()> {
    let db = open_db(source, DATABASE_URL, "goods").await?;
    db.migrate::<Migrator>().await?;
    let audit = audit_stock(&db).await?;
    db.close().await?;
    for difference in &audit.differences {
        println!("{difference}");
    }
    println!(
        "{} skus and {} lines of reservations looked at",
        audit.skus, audit.lines
    );
    match audit.differences.len() {
        0 => Ok(()),
        differences => bail!("{differences} differences"),
    }
}
