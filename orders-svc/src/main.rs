//! The binary `orders-svc`: this service alone.

use std::process::ExitCode;

use clap::Parser;
use common::process::exit_code;
use orders_svc::cli::{Command, run};

/// Orders of dadashop.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[tokio::main]
async fn main() -> ExitCode {
    exit_code(run(Arguments::parse().command.unwrap_or(Command::Serve)).await)
}
