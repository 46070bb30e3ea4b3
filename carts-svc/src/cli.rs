//! What can be done with this service from a command line.

use clap::Subcommand;
use common::process::{Process, stop_signal};
use common::settings::{MODE, Source};
use common::task::Tasks;

use crate::settings;
use crate::startup::Application;

/// Commands of `carts-svc`, and of `dadashop carts`.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Answer requests until SIGTERM (the default).
    Serve,
}

/// Carries a command out.
///
/// # Errors
/// The first thing that went wrong, with its causes.
pub async fn run(command: Command) -> anyhow::Result<()> {
    let source = Source::load()?;
    match command {
        Command::Serve => serve(source).await,
    }
}

/// Serving alone supposes production. The other commands suppose nothing: where no database is named, they mean that
/// of the shop that runs from this directory.
async fn serve(mut source: Source) -> anyhow::Result<()> {
    source.supply(MODE, "production");
    let process = Process::start(source, "carts", &settings::all()).await?;
    let signals = Tasks::default();
    let stop = stop_signal(&signals)?;
    let application = Application::build(&process).await?;
    Ok(application.run_until_stopped(stop).await?)
}
