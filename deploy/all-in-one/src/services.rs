//! The five services in one process, each on a loopback port of its own.

use std::net::SocketAddr;

use anyhow::Context;
use common::contracts::internal_apis::{carts, goods, orders, pays, users};
use common::process::Process;
use common::settings::Setting;
use sandbox::Sandbox;
use tokio_util::sync::CancellationToken;

use crate::stand_in::StandIn;

/// All of them, listening.
pub struct Services {
    users: users_svc::Application,
    goods: goods_svc::Application,
    carts: carts_svc::Application,
    orders: orders_svc::Application,
    pays: pays_svc::Application,
}

impl Services {
    /// Builds them in the order in which they call each other, so that each is told where the earlier ones are; the
    /// sandbox comes in between, before the first that needs it.
    ///
    /// # Errors
    /// The service, and its setting, store or port at fault.
    pub async fn build(
        process: &mut Process,
        stand_in: Option<StandIn>,
    ) -> anyhow::Result<(Self, Option<Sandbox>)> {
        let goods = goods_svc::Application::build(process)
            .await
            .context("goods-svc")?;
        announce(process, goods::URLS, goods.address());
        let carts = carts_svc::Application::build(process)
            .await
            .context("carts-svc")?;
        announce(process, carts::URLS, carts.address());
        let sandbox = match stand_in {
            Some(stand_in) => Some(stand_in.start(&mut process.source).await?),
            None => None,
        };
        let users = users_svc::Application::build(process)
            .await
            .context("users-svc")?;
        announce(process, users::URLS, users.address());
        let pays = pays_svc::Application::build(process).await.context("pays-svc")?;
        announce(process, pays::URLS, pays.address());
        let orders = orders_svc::Application::build(process)
            .await
            .context("orders-svc")?;
        announce(process, orders::URLS, orders.address());
        goods.start_sweeper(process).context("goods-svc")?;
        Ok((
            Self {
                users,
                goods,
                carts,
                orders,
                pays,
            },
            sandbox,
        ))
    }

    /// Answers until `stop` is raised, then drains all at once.
    ///
    /// # Errors
    /// When a server fails.
    pub async fn run_until_stopped(self, stop: CancellationToken) -> std::io::Result<()> {
        let Self {
            users,
            goods,
            carts,
            orders,
            pays,
        } = self;
        tokio::try_join!(
            orders.run_until_stopped(stop.clone()),
            pays.run_until_stopped(stop.clone()),
            carts.run_until_stopped(stop.clone()),
            users.run_until_stopped(stop.clone()),
            goods.run_until_stopped(stop),
        )?;
        Ok(())
    }
}

fn announce(process: &mut Process, urls: Setting, address: SocketAddr) {
    process.source.supply(urls, format!("http://{address}"));
}
