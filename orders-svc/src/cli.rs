//! What can be done with this service from a command line.

use clap::Subcommand;
use common::backends::open_db;
use common::process::{Process, stop_signal};
use common::settings::{MODE, Source};
use common::task::Tasks;

use crate::migrations::Migrator;
use crate::settings::{self, DATABASE_URL};
use crate::startup::Application;

/// Commands of `orders-svc`, and of `dadashop orders`.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Answer requests until SIGTERM (the default).
    Serve,
    /// Bring the database up to date, then end.
    Migrate,
}

/// Carries a command out.
///
/// # Errors
/// The first thing that went wrong, with its causes.
pub async fn run(command: Command) -> anyhow::Result<()> {
    let source = Source::load()?;
    match command {
        // Boxed: as one nested future its layout is too deep for the compiler.
        Command::Serve => Box::pin(serve(source)).await,
        Command::Migrate => Ok(open_db(&source, DATABASE_URL, "orders")
            .await?
            .migrate::<Migrator>()
            .await?),
    }
}

/// Serving alone supposes production. The other commands suppose nothing: where no database is named, they mean that
/// of the shop that runs from this directory.
async fn serve(mut source: Source) -> anyhow::Result<()> {
    source.supply(MODE, "production");
    let process = Process::start(source, "orders", &settings::all()).await?;
    let signals = Tasks::default();
    let stop = stop_signal(&signals)?;
    let application = Application::build(&process).await?;
    Ok(application.run_until_stopped(stop).await?)
}
