//! What can be done with this service from a command line.

use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Subcommand;
use common::backends::{open_cache, open_db};
use common::clock::Clock;
use common::process::{Process, stop_signal};
use common::settings::{MODE, Source};
use common::task::Tasks;

use crate::demo;
use crate::flows::audit_stock::audit_stock;
use crate::flows::dump_fixture::{dump_fixture, models};
use crate::flows::empty_caches::{empty_caches, named, show_caches};
use crate::flows::export_skus::export_skus;
use crate::flows::grow_catalogue::grow_catalogue;
use crate::flows::load_fixture::{Progress, load_fixture};
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
    /// Write the catalogue as Django's dumpdata would: what loaddata reads.
    Dumpdata {
        /// `goods`, or one model as `goods.sku`.
        #[arg(default_value = "goods")]
        label: String,
        /// Where to; standard output by default.
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// Write every SKU as CSV, with the names of category, brand, product and values.
    Export {
        /// Where to; standard output by default.
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// The caches that replicas share: index, detail, catalog, selection.
    #[command(subcommand)]
    Cache(CacheCommand),
}

/// Commands of `goods-svc cache`.
#[derive(Clone, Debug, Subcommand)]
pub enum CacheCommand {
    /// Show what is cached: key, bytes in the store, bytes of the value, seconds to live.
    Show {
        /// One cache; all of them by default.
        name: Option<String>,
    },
    /// Forget what is cached; replicas follow within two seconds.
    Clear {
        /// One cache; all of them by default.
        name: Option<String>,
    },
}

/// Carries a command out.
///
/// # Errors
/// The first thing that went wrong, with its causes.
pub async fn run(command: Command) -> anyhow::Result<()> {
    let source = Source::load()?;
    match command {
        Command::Serve => serve(source).await,
        Command::Migrate => Ok(open_db(&source, DATABASE_URL, "goods")
            .await?
            .migrate::<Migrator>()
            .await?),
        Command::Loaddata { file } => load(&source, &file.display().to_string(), &read(&file)?).await,
        Command::Dumpdata { label, output } => dump(&source, &label, output.as_deref()).await,
        Command::Export { output } => export(&source, output.as_deref()).await,
        Command::Demo { skus, seed } => {
            let db = open_db(&source, DATABASE_URL, "goods").await?;
            demo::fill(&db, &Clock::System).await?;
            if let Some(skus) = skus {
                grow_catalogue(&db, &Clock::System, seed, skus, |made| show_made(made, skus)).await?;
            }
            empty_caches(open_cache(&source).await?, &named(None)?).await?;
            Ok(db.close().await?)
        }
        Command::Audit => audit(&source).await,
        Command::Cache(CacheCommand::Show { name }) => show(&source, name.as_deref()).await,
        Command::Cache(CacheCommand::Clear { name }) => clear(&source, name.as_deref()).await,
    }
}

/// Serving alone supposes production. The other commands suppose nothing: where no database is named, they mean that
/// of the shop that runs from this directory.
async fn serve(mut source: Source) -> anyhow::Result<()> {
    source.supply(MODE, "production");
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
    let loaded = load_fixture(&db, &Clock::System, text, bar(std::io::stderr().is_terminal()))
        .await
        .with_context(|| format!("nothing of {name} is loaded"))?;
    println!("{name}: {loaded}");
    // The event of the load tells running replicas; those behind a broker that is down see it all the same.
    empty_caches(open_cache(source).await?, &named(None)?).await?;
    Ok(db.close().await?)
}

/// One line that grows on a terminal; elsewhere a line now and then.
fn show_made(made: usize, skus: usize) {
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

async fn dump(source: &Source, label: &str, output: Option<&Path>) -> anyhow::Result<()> {
    let models = models(label)?;
    let db = open_db(source, DATABASE_URL, "goods").await?;
    let rows = dump_fixture(&db, &models, &mut writer(output)?).await?;
    eprintln!("{rows} rows of {label} written");
    Ok(db.close().await?)
}

async fn export(source: &Source, output: Option<&Path>) -> anyhow::Result<()> {
    let db = open_db(source, DATABASE_URL, "goods").await?;
    let skus = export_skus(&db, &mut writer(output)?).await?;
    eprintln!("{skus} skus written");
    Ok(db.close().await?)
}

fn writer(output: Option<&Path>) -> anyhow::Result<Box<dyn Write + Send>> {
    Ok(match output {
        Some(path) => {
            let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
            Box::new(BufWriter::new(file))
        }
        None => Box::new(BufWriter::new(std::io::stdout())),
    })
}

async fn clear(source: &Source, name: Option<&str>) -> anyhow::Result<()> {
    let emptied = empty_caches(open_cache(source).await?, &named(name)?).await?;
    println!("{emptied} values forgotten");
    Ok(())
}

async fn show(source: &Source, name: Option<&str>) -> anyhow::Result<()> {
    for (name, entries) in show_caches(open_cache(source).await?, &named(name)?).await? {
        let noun = if entries.len() == 1 { "value" } else { "values" };
        println!("{name}: {} {noun}", entries.len());
        for entry in entries {
            let bytes = entry
                .value_bytes
                .map_or_else(|| "-".to_owned(), |bytes| bytes.to_string());
            let seconds = entry.lifetime.as_secs();
            println!("  {}  {}  {bytes}  {seconds} s", entry.key, entry.stored_bytes);
        }
    }
    Ok(())
}

/// Shows how far a load has come, where somebody watches.
fn bar(is_watched: bool) -> impl FnMut(Progress) + Send {
    const WIDTH: usize = 40;
    let mut shown = None;
    move |Progress { done, total }| {
        let filled = done * WIDTH / total.max(1);
        if !is_watched || shown.replace(filled) == Some(filled) {
            return;
        }
        eprint!("\r[{:<WIDTH$}] {done} of {total} rows", "#".repeat(filled));
        if done == total {
            eprintln!();
        }
    }
}
