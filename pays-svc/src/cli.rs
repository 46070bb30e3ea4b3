//! What can be done with this service from a command line.

use chrono::NaiveDate;
use clap::Subcommand;
use common::backends::open_db;
use common::clock::Clock;
use common::process::{Process, stop_signal};
use common::settings::{MODE, Source};
use common::task::Tasks;

use crate::flows::check_books::check_books;
use crate::flows::reconcile::{Outcome, reconcile};
use crate::migrations::Migrator;
use crate::settings::{self, DATABASE_URL};
use crate::startup::{Application, open_state};

/// Commands of `pays-svc`, and of `dadashop pays`.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Answer requests until SIGTERM (the default).
    Serve,
    /// Bring the database up to date, then end.
    Migrate,
    /// Compare our books with the provider's bill of a day. Names every difference; ends with 1 if there is any.
    Reconcile {
        /// The day on the shop's clock, as 2026-11-21. The bill of a day is there from ten the next morning on.
        #[arg(long)]
        date: NaiveDate,
    },
    /// Look whether our own books add up. Names every place where they do not; ends with 1 if there is any.
    Check,
}

/// Carries a command out.
///
/// # Errors
/// The first thing that went wrong, with its causes; also when books do not agree.
pub async fn run(command: Command) -> anyhow::Result<()> {
    let source = Source::load()?;
    match command {
        Command::Serve => serve(source).await,
        Command::Migrate => Ok(open_db(&source, DATABASE_URL, "pays")
            .await?
            .migrate::<Migrator>()
            .await?),
        Command::Reconcile { date } => compare(&source, date).await,
        Command::Check => check(&source).await,
    }
}

/// Serving alone supposes production. The other commands suppose nothing: where no database is named, they mean that
/// of the shop that runs from this directory.
async fn serve(mut source: Source) -> anyhow::Result<()> {
    source.supply(MODE, "production");
    let process = Process::start(source, "pays", &settings::all()).await?;
    let signals = Tasks::default();
    let stop = stop_signal(&signals)?;
    let application = Application::build(&process).await?;
    Ok(application.run_until_stopped(stop).await?)
}

async fn compare(source: &Source, date: NaiveDate) -> anyhow::Result<()> {
    let state = open_state(source, &Clock::System).await?;
    match reconcile(&state, date).await? {
        Outcome::Matches(lines) => println!("{date}: {lines} lines, all match"),
        Outcome::Differs(found) => {
            for difference in &found {
                println!("{date}: {difference}");
            }
            anyhow::bail!("{} differences on {date}", found.len());
        }
        Outcome::NoBill(movements) => {
            anyhow::bail!("there is no bill of {date}, and our books have {movements} movements on that day")
        }
    }
    Ok(())
}

async fn check(source: &Source) -> anyhow::Result<()> {
    let db = open_db(source, DATABASE_URL, "pays").await?;
    let books = check_books(&db).await?;
    for (account, balance) in &books.balances {
        println!("{account}: {balance}");
    }
    for finding in &books.findings {
        println!("{finding}");
    }
    anyhow::ensure!(
        books.findings.is_empty(),
        "{} places where the books do not add up",
        books.findings.len()
    );
    println!("the books add up");
    Ok(())
}
