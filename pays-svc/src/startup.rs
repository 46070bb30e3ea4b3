//! The wiring: from settings to a running service. Nothing else knows how the parts are put together.

use std::net::SocketAddr;

use actix_web::web;
use common::app::{self, Readiness, Server};
use common::backends::open_db;
use common::clock::Clock;
use common::contracts::internal_apis::users;
use common::outbox;
use common::process::{self, Process};
use common::service_codes::ServiceCodes;
use common::settings::Source;
use common::task::Tasks;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::error_codes::{INVALID_PARAMETER, NOT_STAFF, UNEXPECTED};
use crate::http::notify_guard::NotifyGuard;
use crate::migrations::Migrator;
use crate::outside::Provider;
use crate::outside::alipay::Alipay;
use crate::settings::{ADDR, AlipaySettings, DATABASE_URL, notify_failures_per_minute, pay_success_page};
use crate::state::{AppState, Inner};
use crate::{events, jobs, routes};

/// Waiting buyers who may ask the provider at once; further ones are told "not yet".
const SYNC_SLOTS: usize = 64;

/// The service, built and listening, not yet waited for.
pub struct Application {
    server: Server,
    tasks: Tasks,
}

/// Opens the provider and the database, and brings it up to date: all that commands need too.
///
/// # Errors
/// The setting, key file or database at fault.
pub(crate) async fn open_state(source: &Source, clock: &Clock) -> anyhow::Result<AppState> {
    let alipay = Alipay::open(AlipaySettings::read(source)?)?;
    let db = open_db(source, DATABASE_URL, "pays").await?;
    db.migrate::<Migrator>().await?;
    Ok(AppState::new(Inner {
        db,
        clock: clock.clone(),
        provider: Provider::Alipay(alipay),
        pay_success_page: pay_success_page(source)?,
        notify_guard: NotifyGuard::new(notify_failures_per_minute(source)?),
        refund_wake: Notify::new(),
        sync_slots: Semaphore::new(SYNC_SLOTS),
    }))
}

impl Application {
    /// Opens the database, brings it up to date, starts background work and listens.
    ///
    /// # Errors
    /// The setting, key file, store or port at fault.
    pub async fn build(process: &Process) -> anyhow::Result<Self> {
        let state = open_state(&process.source, &process.clock).await?;
        let db = state.db.clone();
        let tasks = Tasks::default();
        let mut heartbeats = events::subscribe(&state, &process.backends.bus, &tasks);
        heartbeats.extend(jobs::start(&state, &tasks));
        heartbeats.push(outbox::start(&db, &process.backends.bus, &tasks));
        let codes = ServiceCodes {
            invalid: INVALID_PARAMETER,
            unexpected: UNEXPECTED,
            not_owner: INVALID_PARAMETER, // no path of ours names a user
            not_staff: NOT_STAFF,
        };
        let readiness = Readiness {
            db: Some(db),
            kv: None,
            heartbeats,
        };
        let mut options = process.server("pays", ADDR, codes, readiness)?;
        options.epochs = options
            .epochs
            .or_ask(users::UsersClient(process.client("users", users::URLS)?));
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
