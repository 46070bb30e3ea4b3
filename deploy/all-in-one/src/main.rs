//! The binary `dadashop`: the whole shop in one process, or any one service of it.

use std::process::ExitCode;

use clap::Parser;
use common::process::exit_code;
use dadashop::cli::{Arguments, run};

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    exit_code(run(Arguments::parse()).await)
}
