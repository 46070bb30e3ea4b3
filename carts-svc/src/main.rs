//! The binary `carts-svc`: this service alone.

use std::process::ExitCode;

use carts_svc::cli::{Command, run};
use clap::Parser;
use common::process::exit_code;

/// Carts of dadashop.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[tokio::main]
async fn main() -> ExitCode {
    exit_code(run(Arguments::parse().command.unwrap_or(Command::Serve)).await)
}
