//! Starts the whole shop in one process, each service on a loopback port of its own, and stops it.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use anyhow::Context;
use common::backends::data_dir;
use common::process::{Process, stop_signal};
use common::settings::{LOG, MODE, Mode, PUBLIC_API_URL, PUBLIC_WEB_URL, Setting, Source, WORKERS};
use common::task::Tasks;
use sandbox::Sandbox;
use tokio_util::sync::CancellationToken;

use crate::banner::{self, Account, Addresses};
use crate::services::Services;
use crate::settings::{self, WEB_ADDR};
use crate::stand_in::StandIn;
use crate::web::WebServer;
use crate::{data_dir as directory, secrets};

/// The account that a newcomer can log in with.
const DEMO_USER: &str = "dadademo";

/// Starts everything, prints where it is, and answers until SIGTERM or Ctrl-C.
///
/// # Errors
/// The port, file or setting at fault.
pub async fn run() -> anyhow::Result<()> {
    let mut source = Source::load()?;
    let data_dir = data_dir(&source)?;
    let _running = directory::claim(&data_dir)?;
    let background = Tasks::default();
    let stop = stop_signal(&background)?;
    let gateway_listener = listen(&source, gateway::settings::ADDR)?;
    let web_listener = listen(&source, WEB_ADDR)?;
    supply_addresses(
        &mut source,
        gateway_listener.local_addr()?,
        web_listener.local_addr()?,
    );
    let stand_in = match Mode::of(&source)? {
        Mode::Development => Some(StandIn::prepare(&mut source, &data_dir)?),
        Mode::Production => None,
    };
    let mut process = Process::start(source, "dadashop", &settings::all()).await?;
    let account = match &stand_in {
        Some(_) => Some(furnish(&process, &data_dir).await?),
        None => None,
    };
    let (services, sandbox) = Services::build(&mut process, stand_in).await?;
    let needs = gateway::Needs::of(&process);
    let gateway = gateway::Application::build_on(gateway_listener, &needs)?;
    let api = process.source.text(PUBLIC_API_URL)?;
    let web = WebServer::start(web_listener, api.clone(), &background)?;
    let addresses = Addresses {
        web: format!("http://{}", web.address()),
        api: format!("http://{}", gateway.address()),
        sandbox: sandbox.as_ref().map(Sandbox::url),
    };
    banner::print(&addresses, account.as_ref());
    serve(gateway, services, sandbox, stop).await?;
    web.stop().await;
    Ok(())
}

/// Serves the pages alone.
///
/// # Errors
/// The port or setting at fault.
pub async fn run_web() -> anyhow::Result<()> {
    let source = Source::load()?;
    let background = Tasks::default();
    let stop = stop_signal(&background)?;
    let web = WebServer::start(
        listen(&source, WEB_ADDR)?,
        source.text(PUBLIC_API_URL)?,
        &background,
    )?;
    println!("ready: web=http://{}", web.address());
    stop.cancelled().await;
    web.stop().await;
    Ok(())
}

/// A port of ours, claimed before anything else starts, so that one in use is told at once.
fn listen(source: &Source, setting: Setting) -> anyhow::Result<TcpListener> {
    let address: SocketAddr = source.parsed(setting)?;
    TcpListener::bind(address).with_context(|| {
        format!(
            "cannot listen on {address} (set DADASHOP_{} to use another address)",
            setting.name
        )
    })
}

/// What follows from where we listen, unless somebody set it: public addresses, and loopback ports for the services.
fn supply_addresses(source: &mut Source, api: SocketAddr, web: SocketAddr) {
    source.supply(MODE, "development");
    source.supply(LOG, "warn,actix_http::h1=off");
    source.supply(WORKERS, "1");
    source.supply(PUBLIC_API_URL, format!("http://{api}"));
    source.supply(PUBLIC_WEB_URL, format!("http://{web}"));
    source.supply(
        gateway::settings::CORS_ORIGINS,
        format!("http://127.0.0.1:7000,http://localhost:7000,http://{web}"),
    );
    let any_port = "127.0.0.1:0";
    source.supply(gateway::settings::ADMIN_ADDR, any_port);
    for address in [
        users_svc::settings::ADDR,
        goods_svc::settings::ADDR,
        carts_svc::settings::ADDR,
        orders_svc::settings::ADDR,
        pays_svc::settings::ADDR,
    ] {
        source.supply(address, any_port);
    }
}

/// Fills an empty shop: the demo catalogue and an account to log in with.
async fn furnish(process: &Process, data_dir: &Path) -> anyhow::Result<Account> {
    goods_svc::demo::load_if_empty(process)
        .await
        .context("demo catalogue")?;
    let password = secrets::demo_password(data_dir)?;
    users_svc::demo::ensure_account(process, DEMO_USER, &password)
        .await
        .context("demo account")?;
    Ok(Account {
        username: DEMO_USER,
        password,
    })
}

/// Answers until stopped. The gateway drains first, so that no request finds its service gone.
async fn serve(
    gateway: gateway::Application,
    services: Services,
    sandbox: Option<Sandbox>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let drained = CancellationToken::new();
    let edge = async {
        let outcome = gateway.run_until_stopped(stop).await;
        drained.cancel();
        outcome
    };
    let sandbox = async {
        if let Some(sandbox) = sandbox {
            sandbox.run_until_stopped(drained.clone()).await;
        }
        Ok(())
    };
    tokio::try_join!(edge, services.run_until_stopped(drained.clone()), sandbox)?;
    Ok(())
}
