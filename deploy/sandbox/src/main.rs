//! The sandbox as a process of its own.

use clap::Parser;
use sandbox::{Sandbox, SandboxSettings};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let sandbox = Sandbox::start(SandboxSettings::parse()).await?;
    println!("sandbox: http={} smtp={}", sandbox.url(), sandbox.smtp_addr());
    tokio::signal::ctrl_c().await?;
    let stop = CancellationToken::new();
    stop.cancel();
    sandbox.run_until_stopped(stop).await;
    Ok(())
}
