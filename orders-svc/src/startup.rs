//! The wiring: from settings to a running service. Nothing else knows how the parts are put together.

use std::net::SocketAddr;
use std::sync::Mutex;

use actix_web::web;
use common::app::{self, Readiness, Server};
use common::backends::open_db;
use common::contracts::internal_apis::{carts, goods, media_url, pays, users};
use common::outbox;
use common::process::{self, Process};
use common::service_codes::ServiceCodes;
use common::settings::{PUBLIC_WEB_URL, SettingsError, Source};
use common::task::Tasks;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::error_codes::{INVALID_PARAMETER, NOT_OWNER, NOT_STAFF, UNEXPECTED};
use crate::flows::require_read_committed::require_read_committed;
use crate::migrations::Migrator;
use crate::settings::{ADDR, DATABASE_URL, OrderSettings};
use crate::state::{AppState, Inner};
use crate::{events, jobs, routes};

/// Where the pages have it (contract §3).
const PAY_PAGE: &str = "/dadashop/templates/gopay.html";

/// The service, built and listening, not yet waited for.
pub struct Application {
    server: Server,
    tasks: Tasks,
}

impl Application {
    /// Opens the database, brings it up to date, starts background work and listens.
    ///
    /// # Errors
    /// The setting, store or port at fault.
    pub async fn build(process: &Process) -> anyhow::Result<Self> {
        let source = &process.source;
        let db = open_db(source, DATABASE_URL, "orders").await?;
        db.migrate::<Migrator>().await?;
        require_read_committed(&db).await?;
        let settings = OrderSettings::read(source)?;
        let state = AppState::new(Inner {
            db: db.clone(),
            clock: process.clock.following(db.now().await?),
            checkouts: Semaphore::new(settings.max_checkouts),
            settings,
            media_url: media_url(source)?,
            pay_page: pay_page(source)?,
            last_seconds: Mutex::default(),
            users: users::UsersClient(process.client("users", users::URLS)?),
            goods: goods::GoodsClient(process.client("goods", goods::URLS)?),
            carts: carts::CartsClient(process.client("carts", carts::URLS)?),
            pays: pays::PaysClient(process.client("pays", pays::URLS)?),
        });
        let (tasks, bus) = (Tasks::default(), &process.backends.bus);
        let mut heartbeats = events::subscribe(&state, bus, &tasks);
        heartbeats.extend(jobs::start(&state, &tasks));
        heartbeats.push(outbox::start(&db, bus, &tasks));
        let codes = ServiceCodes {
            invalid: INVALID_PARAMETER,
            unexpected: UNEXPECTED,
            not_owner: NOT_OWNER,
            not_staff: NOT_STAFF,
        };
        let readiness = Readiness {
            db: Some(db),
            kv: None,
            heartbeats,
        };
        let mut options = process.server("orders", ADDR, codes, readiness)?;
        options.epochs = options.epochs.or_ask(state.users.clone());
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

fn pay_page(source: &Source) -> Result<String, SettingsError> {
    let web = source.text(PUBLIC_WEB_URL)?;
    Ok(format!("{}{PAY_PAGE}", web.trim_end_matches('/')))
}
