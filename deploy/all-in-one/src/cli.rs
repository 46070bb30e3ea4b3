//! What can be done from a command line: the whole shop, or what each service can do alone.

use clap::{Parser, Subcommand};

use crate::{events, shop, stand_in};

/// dadashop: an online shop. Without a command the whole shop starts in this process.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

/// Commands of `dadashop`.
#[derive(Debug, Subcommand)]
enum Command {
    /// The gateway alone.
    #[command(subcommand)]
    Gateway(gateway::cli::Command),
    /// Accounts and addresses.
    #[command(subcommand)]
    Users(users_svc::cli::Command),
    /// Catalogue and stock.
    #[command(subcommand)]
    Goods(goods_svc::cli::Command),
    /// Carts.
    #[command(subcommand)]
    Carts(carts_svc::cli::Command),
    /// Orders.
    #[command(subcommand)]
    Orders(orders_svc::cli::Command),
    /// Payments.
    #[command(subcommand)]
    Pays(pays_svc::cli::Command),
    /// Events that no consumer could handle.
    #[command(subcommand)]
    Events(events::Command),
    /// The stand-in for Alipay, SMS and mail alone.
    Sandbox,
    /// The pages alone.
    Web,
    /// Bring every service's database up to date, then end.
    Migrate,
}

/// Carries the command line out.
///
/// # Errors
/// The first thing that went wrong, with its causes.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.command {
        None => shop::run().await,
        Some(Command::Gateway(command)) => gateway::cli::run(command).await,
        Some(Command::Users(command)) => users_svc::cli::run(command).await,
        Some(Command::Goods(command)) => goods_svc::cli::run(command).await,
        Some(Command::Carts(command)) => carts_svc::cli::run(command).await,
        Some(Command::Orders(command)) => orders_svc::cli::run(command).await,
        Some(Command::Pays(command)) => pays_svc::cli::run(command).await,
        Some(Command::Events(command)) => events::run(command).await,
        Some(Command::Sandbox) => stand_in::run().await,
        Some(Command::Web) => shop::run_web().await,
        Some(Command::Migrate) => migrate_all().await,
    }
}

async fn migrate_all() -> anyhow::Result<()> {
    users_svc::cli::run(users_svc::cli::Command::Migrate).await?;
    goods_svc::cli::run(goods_svc::cli::Command::Migrate).await?;
    orders_svc::cli::run(orders_svc::cli::Command::Migrate).await?;
    pays_svc::cli::run(pays_svc::cli::Command::Migrate).await
}
