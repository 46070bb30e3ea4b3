//! The sandbox as a process of its own.

use clap::Parser;
use sandbox::{Sandbox, SandboxSettings};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let sandbox = Sandbox::start(SandboxSettings::parse()).await?;
    println!("sandbox: http={} smtp={}", sandbox.url(), sandbox.smtp_addr());
    let stop = CancellationToken::new();
    let running = sandbox.run_until_stopped(stop.clone());
    tokio::pin!(running);
    tokio::select! {
        () = &mut running => {}
        interrupted = tokio::signal::ctrl_c() => {
            interrupted?;
            stop.cancel();
            running.await;
        }
    }
    Ok(())
}
