//! The wiring: from settings to a running service. Nothing else knows how the parts are put together.

use std::net::SocketAddr;

use actix_web::web;
use common::app::{self, Readiness, Server};
use common::backends::open_db;
use common::contracts::internal_apis::carts;
use common::outbox;
use common::process::{self, Process};
use common::service_codes::ServiceCodes;
use common::task::Tasks;
use common::token_epochs::TokenEpochs;
use tokio_util::sync::CancellationToken;

use crate::error_codes::{INVALID_PARAMETER, NOT_OWNER, NOT_STAFF, UNEXPECTED};
use crate::migrations::Migrator;
use crate::outside::mail::Mailer;
use crate::outside::sms::SmsSender;
use crate::outside::weibo::Weibo;
use crate::passwords::Passwords;
use crate::settings::{ADDR, DATABASE_URL, UserSettings};
use crate::state::{AppState, Inner};
use crate::{events, jobs, routes};

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
        let db = open_db(&process.source, DATABASE_URL, "users").await?;
        db.migrate::<Migrator>().await?;
        let threads = std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get);
        let state = AppState::new(Inner {
            db: db.clone(),
            kv: process.backends.kv.clone(),
            clock: process.clock.clone(),
            settings: UserSettings::read(&process.source)?,
            epochs: TokenEpochs::new(process.backends.kv.clone()),
            tokens: process.keys.users.clone(),
            passwords: Passwords::new(threads),
            carts: carts::CartsClient(process.client("carts", carts::URLS)?),
            sms: SmsSender::configured(&process.source)?,
            mail: Mailer::configured(&process.source)?,
            weibo: Weibo::configured(&process.source)?,
        });
        let tasks = Tasks::default();
        let mut heartbeats = events::subscribe(&state, &process.backends.bus, &tasks);
        heartbeats.extend(jobs::start(&state, &tasks));
        heartbeats.push(outbox::start(&db, &process.backends.bus, &tasks));
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
        let mut options = process.server("users", ADDR, codes, readiness)?;
        options.epochs = state.epochs.clone();
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
