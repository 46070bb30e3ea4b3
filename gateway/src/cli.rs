//! What can be done with the gateway from a command line.

use clap::Subcommand;
use common::process::{Foundation, stop_signal};
use common::settings::{MODE, Source};
use common::task::Tasks;

use crate::settings;
use crate::startup::{Application, Needs};

/// Commands of `gateway`, and of `dadashop gateway`.
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
    let mut source = Source::load()?;
    source.supply(MODE, "production");
    match command {
        Command::Serve => serve(source).await,
    }
}

async fn serve(source: Source) -> anyhow::Result<()> {
    let needs = Needs::open(Foundation::lay(source, "gateway", &settings::all())?).await?;
    let signals = Tasks::default();
    let stop = stop_signal(&signals)?;
    let application = Application::build(&needs)?;
    Ok(application.run_until_stopped(stop).await?)
}
