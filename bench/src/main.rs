//! `bench`: CPU per request of the calls that a shop lives by.

mod calls;
mod cpu;
mod load;
mod proxy;

use std::time::Duration;

use anyhow::Context;
use clap::{Parser, ValueEnum};
use tests::shop::{Mode, Shop, ShopOptions};

use crate::calls::{Row, Scene};
use crate::cpu::Meter;
use crate::load::Load;

/// What is measured, unless `DADASHOP_TEST_BINARY` names another.
const BINARY: &str = "target/release/dadashop";

/// Measures CPU per request.
#[derive(Parser)]
struct Arguments {
    /// How the shop runs.
    #[arg(long, value_enum, default_value = "production")]
    mode: ModeName,
    /// How long each row is loaded.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// How many callers there are.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Compare the gateway's own work with nginx's instead: needs nginx and wrk.
    #[arg(long)]
    gateway: bool,
    /// Only the rows whose names contain this.
    #[arg(long, default_value = "")]
    only: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum ModeName {
    Embedded,
    Production,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if arguments.gateway {
        let binary = ShopOptions::new(BINARY).binary();
        return proxy::run(
            &std::path::absolute(binary)?,
            arguments.connections,
            arguments.seconds,
        );
    }
    let mode = match arguments.mode {
        ModeName::Embedded => Mode::Embedded,
        ModeName::Production => Mode::Production,
    };
    let options = ShopOptions::new(BINARY).without_sms().selling(calls::catalogue());
    let shop = Shop::start(mode, options)
        .await
        .context("production mode needs MariaDB, Redis and RabbitMQ")?;
    let scene = Scene::set(&shop, arguments.connections).await;
    let load = Load {
        callers: arguments.connections,
        length: Duration::from_secs(arguments.seconds),
    };
    println!(
        "{:24} {:>8} {:>8} {:>8} | CPU µs per request: {:>8} {:>8} {:>9}",
        "", "req/s", "p50 ms", "p99 ms", "shop", "target", "databases"
    );
    for row in Row::ALL.iter().filter(|row| row.name().contains(&arguments.only)) {
        let meter = Meter::start()?;
        let outcome = load.run(|caller, turn| scene.call(*row, caller, turn)).await;
        let spent = meter.read()?;
        let per_request = |time: Duration| time.as_micros() / u128::from(outcome.answered.max(1));
        println!(
            "{:24} {:>8} {:>8} {:>8} | {:>28} {:>8} {:>9}   {}",
            row.name(),
            outcome.per_second(),
            millis(outcome.percentile(50)),
            millis(outcome.percentile(99)),
            per_request(spent.shop),
            row.target_micros(),
            per_request(spent.databases),
            outcome.refusals(),
        );
    }
    Ok(())
}

fn millis(time: Duration) -> String {
    format!("{}.{}", time.as_millis(), time.as_micros() / 100 % 10)
}
