//! The binary that the tests spawn: `dadashop`, built together with them and with their debug assertions.

use std::process::ExitCode;

use clap::Parser;
use common::process::exit_code;
use dadashop::cli::{Arguments, run};

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    exit_code(run(Arguments::parse()).await)
}
