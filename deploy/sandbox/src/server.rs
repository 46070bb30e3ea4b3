//! Starting and stopping: both listeners, the routes, and the background tasks.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Data, FormConfig, JsonConfig, PathConfig, PayloadConfig, QueryConfig};
use actix_web::{App, HttpServer};
use anyhow::Context;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info, warn};

use crate::alipay::bill::{self, Bills};
use crate::alipay::signature::GatewayKeys;
use crate::alipay::trades::TradeBook;
use crate::alipay::{cashier, gateway, ladder};
use crate::clock::LadderClock;
use crate::inbox::Inbox;
use crate::keys::ensure_keys;
use crate::settings::SandboxSettings;
use crate::state::State;
use crate::switches::SwitchBoard;
use crate::weibo::{self, WeiboCodes};
use crate::{api, pages, sms, smtp};

const MAX_BODY_BYTES: usize = 64 * 1024;
const MAX_HTTP_CONNECTIONS: usize = 1_024;
const STOP_SECONDS: u64 = 5;

/// A running sandbox.
pub struct Sandbox {
    addr: SocketAddr,
    smtp_addr: SocketAddr,
    http: ServerHandle,
    stopping: CancellationToken,
    tasks: TaskTracker,
}

impl Sandbox {
    /// Opens both addresses, reads what the last run left in the data directory, and serves from then on.
    /// Fails if an address is taken or the directory cannot be used. Dropping it does not stop it.
    pub async fn start(settings: SandboxSettings) -> anyhow::Result<Sandbox> {
        let http_listener = TcpListener::bind(settings.addr)
            .with_context(|| format!("sandbox cannot listen on {}", settings.addr))?;
        let smtp_listener = tokio::net::TcpListener::bind(settings.smtp_addr)
            .await
            .with_context(|| format!("sandbox cannot listen on {}", settings.smtp_addr))?;
        let (addr, smtp_addr) = (http_listener.local_addr()?, smtp_listener.local_addr()?);

        let keys = GatewayKeys::load(&ensure_keys(&settings.data_dir)?)?;
        let clock = LadderClock::open(&settings.data_dir).context("the ladder's clock cannot be read")?;
        let (trades, new_notices) = TradeBook::open(settings.data_dir.join("trades"))?;
        let state = Arc::new(State {
            settings,
            keys,
            trades,
            bills: Bills::default(),
            clock,
            switches: SwitchBoard::default(),
            sms: Inbox::default(),
            mail: Inbox::default(),
            weibo: WeiboCodes::default(),
            stopping: CancellationToken::new(),
        });

        let tasks = TaskTracker::new();
        let courier = ladder::Courier::new(Arc::clone(&state))?;
        tasks.spawn(courier.run(new_notices, tasks.clone()));
        tasks.spawn(smtp::run(smtp_listener, Arc::clone(&state), tasks.clone()));
        let http = serve_http(http_listener, &state, &tasks)?;
        info!(%addr, %smtp_addr, "sandbox listens on {addr}, for mail on {smtp_addr}");
        Ok(Sandbox {
            addr,
            smtp_addr,
            http,
            stopping: state.stopping.clone(),
            tasks,
        })
    }

    /// `http://127.0.0.1:9000`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Where mail can be sent to, without TLS and with any credentials or none.
    pub fn smtp_addr(&self) -> SocketAddr {
        self.smtp_addr
    }

    /// Returns some seconds after `stop` is cancelled, when all requests and tasks have ended. Notifies that
    /// were not accepted go on at the next start.
    pub async fn run_until_stopped(self, stop: CancellationToken) {
        stop.cancelled().await;
        self.stopping.cancel();
        self.http.stop(true).await;
        self.tasks.close();
        if timeout(Duration::from_secs(STOP_SECONDS), self.tasks.wait())
            .await
            .is_err()
        {
            warn!("sandbox stops with {} tasks unfinished", self.tasks.len());
        }
    }
}

fn serve_http(
    listener: TcpListener,
    state: &Arc<State>,
    tasks: &TaskTracker,
) -> anyhow::Result<ServerHandle> {
    let data = Data::from(Arc::clone(state));
    let server = HttpServer::new(move || App::new().app_data(data.clone()).configure(routes))
        .workers(1)
        .max_connections(MAX_HTTP_CONNECTIONS)
        .shutdown_timeout(STOP_SECONDS)
        .disable_signals()
        .listen(listener)?
        .run();
    let handle = server.handle();
    tasks.spawn(async move {
        if let Err(error) = server.await {
            error!(?error, "sandbox no longer answers: {error}");
        }
    });
    Ok(handle)
}

/// Every URL of the sandbox; those under `/api` are in `api.rs`.
fn routes(config: &mut web::ServiceConfig) {
    config
        .app_data(PayloadConfig::new(MAX_BODY_BYTES))
        .app_data(FormConfig::default().limit(MAX_BODY_BYTES))
        .app_data(PathConfig::default().error_handler(|cause, _| api::bad_request(cause)))
        .app_data(QueryConfig::default().error_handler(|cause, _| api::bad_request(cause)))
        .app_data(
            JsonConfig::default()
                .limit(MAX_BODY_BYTES)
                .error_handler(|cause, _| api::bad_request(cause)),
        )
        .route("/", web::get().to(pages::index))
        .route("/sms", web::get().to(pages::sms))
        .route("/mail", web::get().to(pages::mail))
        .route("/alipay", web::get().to(pages::trades))
        .route("/alipay/gateway.do", web::get().to(gateway::serve))
        .route("/alipay/gateway.do", web::post().to(gateway::serve))
        .route("/alipay/downloadBillFile.resource", web::get().to(bill::download))
        .route(
            "/alipay/cashier/{out_trade_no}/pay",
            web::post().to(cashier::press_pay),
        )
        .route(
            "/alipay/cashier/{out_trade_no}/cancel",
            web::post().to(cashier::press_cancel),
        )
        .route(
            "/2013-12-26/Accounts/{sid}/SMS/TemplateSMS",
            web::post().to(sms::send),
        )
        .route("/weibo/authorize", web::get().to(weibo::authorize))
        .route("/weibo/authorize", web::post().to(weibo::decide))
        .route("/weibo/access_token", web::post().to(weibo::access_token))
        .service(web::scope("/api").configure(api::routes));
}
