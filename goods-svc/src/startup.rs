//! The wiring: from settings to a running service. Nothing else knows how the parts are put together.

use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::web;
use common::app::{self, Readiness, Server};
use common::backends::{data_dir, open_cache, open_db};
use common::cache::Cache;
use common::contracts::internal_apis::media_url;
use common::contracts::internal_apis::orders::{self, OrdersClient};
use common::outbox;
use common::process::{self, Process};
use common::service_codes::ServiceCodes;
use common::task::Tasks;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::error_codes::{INVALID_PARAMETER, NOT_STAFF, UNEXPECTED};
use crate::flows::reserve_stock;
use crate::migrations::Migrator;
use crate::search::Search;
use crate::settings::{ADDR, DATABASE_URL, StockSettings};
use crate::state::{AppState, Inner};
use crate::{events, jobs, routes};

/// Pictures unpacked at the same time.
const PICTURE_TURNS: usize = 2;

/// The service, built and listening, not yet waited for.
pub struct Application {
    state: AppState,
    server: Server,
    tasks: Tasks,
}

impl Application {
    /// Opens the database, brings it up to date, starts background work and listens.
    ///
    /// # Errors
    /// The setting, store or port at fault.
    pub async fn build(process: &Process) -> anyhow::Result<Self> {
        let db = open_db(&process.source, DATABASE_URL, "goods").await?;
        db.migrate::<Migrator>().await?;
        let stock = StockSettings::read(&process.source)?;
        let tasks = Tasks::default();
        let state = AppState::new(Inner {
            db: db.clone(),
            cache: Cache::new(open_cache(&process.source).await?, &tasks),
            picture_turns: Arc::new(Semaphore::new(PICTURE_TURNS)),
            clock: process.clock.clone(),
            media_url: media_url(&process.source)?,
            media_root: data_dir(&process.source)?.join("media"),
            stock,
            search: Search::new(),
            together: reserve_stock::together(stock),
        });
        let mut heartbeats = events::subscribe(&state, &process.backends.bus, &tasks);
        heartbeats.push(jobs::start_search(&state, &tasks));
        heartbeats.push(outbox::start(&db, &process.backends.bus, &tasks));
        let codes = ServiceCodes {
            invalid: INVALID_PARAMETER,
            unexpected: UNEXPECTED,
            not_owner: INVALID_PARAMETER,
            not_staff: NOT_STAFF,
        };
        let readiness = Readiness {
            db: Some(db),
            kv: None,
            heartbeats,
        };
        let options = process.server("goods", ADDR, codes, readiness)?;
        let of_server = state.clone();
        let server = app::start(options, move |app| {
            routes::configure(app, web::Data::new(of_server.clone()))
        })?;
        Ok(Self { state, server, tasks })
    }

    /// Starts the work that asks orders-svc. Not part of [`Application::build`], because orders-svc is built after us
    /// where all services share a process, and only then is known where it listens.
    ///
    /// # Errors
    /// The setting at fault.
    pub fn start_sweeper(&self, process: &Process) -> anyhow::Result<()> {
        let orders = OrdersClient(process.client("orders", orders::URLS)?);
        jobs::start_sweeper(&self.state, orders, &self.tasks);
        Ok(())
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
