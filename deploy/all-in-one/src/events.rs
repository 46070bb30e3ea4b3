//! What operators do with events that no consumer could handle: look at them, and bring them back.

use clap::Subcommand;
use common::backends::Backends;
use common::settings::Source;

/// Commands of `dadashop events`. A queue is named as in the reference page of events, for instance `goods`.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Show the parked events of a queue, each with the error that parked it.
    Parked {
        /// The queue.
        queue: String,
    },
    /// Bring the parked events of a queue back, once what parked them is mended.
    Replay {
        /// The queue.
        queue: String,
    },
}

/// Carries a command out.
///
/// # Errors
/// When the bus cannot be opened, or there is no such queue.
pub async fn run(command: Command) -> anyhow::Result<()> {
    let bus = Backends::open(&Source::load()?).await?.bus;
    match command {
        Command::Parked { queue } => {
            for parked in bus.parked(&queue).await? {
                let id = parked
                    .event_id
                    .map_or_else(|| "unreadable".to_owned(), |id| id.to_string());
                println!("{id}  after {} attempts: {}", parked.attempts, parked.error);
            }
        }
        Command::Replay { queue } => {
            println!("{} events are back in {queue}", bus.replay_parked(&queue).await?)
        }
    }
    Ok(())
}
