//! The wiring: from settings to a running service. Nothing else knows how the parts are put together.

use std::net::SocketAddr;

use actix_web::web;
use common::app::{self, Readiness, Server};
use common::contracts::internal_apis::{goods, media_url};
use common::process::{self, Process};
use common::service_codes::ServiceCodes;
use common::settings::Mode;
use common::task::Tasks;
use tokio_util::sync::CancellationToken;

use crate::error_codes::{INVALID_PARAMETER, NOT_OWNER, UNEXPECTED};
use crate::settings::ADDR;
use crate::state::{AppState, Inner};
use crate::{events, kv_keys, routes};

/// The service, built and listening, not yet waited for.
pub struct Application {
    server: Server,
    tasks: Tasks,
}

impl Application {
    /// Starts background work and listens. Without the key-value store there are no carts: it decides readiness.
    ///
    /// # Errors
    /// The setting or port at fault.
    pub async fn build(process: &Process) -> anyhow::Result<Self> {
        let kv = process.backends.kv.clone();
        if Mode::of(&process.source)? == Mode::Production {
            kv_keys::warn_if_forgetful(&kv).await;
        }
        let state = AppState::new(Inner {
            kv: kv.clone(),
            goods: goods::GoodsClient(process.client("goods", goods::URLS)?),
            media_url: media_url(&process.source)?,
        });
        let tasks = Tasks::default();
        let heartbeats = events::subscribe(&state, &process.backends.bus, &tasks);
        let codes = ServiceCodes {
            invalid: INVALID_PARAMETER,
            unexpected: UNEXPECTED,
            not_owner: NOT_OWNER,
            not_staff: NOT_OWNER, // no path of ours is for staff
        };
        let readiness = Readiness {
            db: None,
            kv: Some(kv),
            heartbeats,
        };
        let options = process.server("carts", ADDR, codes, readiness)?;
        let server = app::start(options, move |app| {
            routes::configure(app, web::Data::new(state.clone()));
        })?;
        Ok(Self { server, tasks })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Answers until `stop` is raised, then drains.
    pub async fn run_until_stopped(self, stop: CancellationToken) -> std::io::Result<()> {
        process::run_until_stopped(self.server, self.tasks, stop).await
    }
}
