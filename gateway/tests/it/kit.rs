//! Starts a gateway in front of stand-ins on free ports, and speaks to it by client or by bare socket.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::app::Keys;
use common::backends::open_kv;
use common::clock::Clock;
use common::contracts::ids::UserId;
use common::contracts::internal_apis::{carts, goods, orders, pays, users};
use common::settings::{DATA_DIR, LIMITS, Setting, Source, WORKERS};
use common::telemetry::Metrics;
use common::token::{Role, ServiceTokens, UserTokens};
use gateway::settings::{ADDR, ADMIN_ADDR, HOSTS};
use gateway::{Application, Needs};
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::stand_in::StandIn;

/// Longest that a test waits for anything.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A running gateway.
pub struct Gateway {
    pub address: SocketAddr,
    pub admin_address: SocketAddr,
    pub stop: CancellationToken,
    pub finished: JoinHandle<std::io::Result<()>>,
    tokens: Arc<UserTokens>,
    _data: TempDir,
}

/// The stand-ins of all five services.
pub struct Services {
    pub users: StandIn,
    pub goods: StandIn,
    pub carts: StandIn,
    pub orders: StandIn,
    pub pays: StandIn,
}

impl Services {
    pub fn start() -> Self {
        Self {
            users: StandIn::start("users"),
            goods: StandIn::start("goods"),
            carts: StandIn::start("carts"),
            orders: StandIn::start("orders"),
            pays: StandIn::start("pays"),
        }
    }

    /// How many requests reached any of them.
    pub fn hits(&self) -> usize {
        [&self.users, &self.goods, &self.carts, &self.orders, &self.pays]
            .iter()
            .map(|service| service.hits())
            .sum()
    }
}

/// A gateway in front of all stand-ins.
pub async fn start() -> (Gateway, Services) {
    start_with(&[]).await
}

/// A gateway in front of all stand-ins, with these settings.
pub async fn start_with(settings: &[(Setting, &str)]) -> (Gateway, Services) {
    let services = Services::start();
    let urls = [
        (users::URLS, services.users.url()),
        (goods::URLS, services.goods.url()),
        (carts::URLS, services.carts.url()),
        (orders::URLS, services.orders.url()),
        (pays::URLS, services.pays.url()),
    ];
    let urls = urls.iter().map(|(setting, url)| (*setting, url.as_str()));
    let settings: Vec<(Setting, &str)> = urls.chain(settings.iter().copied()).collect();
    (Gateway::start(&settings).await, services)
}

impl Gateway {
    /// A gateway with these settings.
    pub async fn start(settings: &[(Setting, &str)]) -> Self {
        let data = TempDir::new().unwrap();
        let mut source = Source::of([(ADDR, "127.0.0.1:0"), (ADMIN_ADDR, "127.0.0.1:0"), (WORKERS, "2")]);
        source.supply(DATA_DIR, data.path().display().to_string());
        source.supply(LIMITS, "off");
        source.supply(HOSTS, "a");
        for (setting, value) in settings {
            source.supply(*setting, *value);
        }
        let secret = SecretString::from("gateway-0123456789-for-tests-of-tokens-only");
        let tokens = Arc::new(UserTokens::new(&secret, None, Clock::System).unwrap());
        let services = Arc::new(ServiceTokens::new(&secret, "gateway", Clock::System).unwrap());
        let needs = Needs {
            kv: open_kv(&source).await.unwrap(),
            source,
            keys: Keys {
                users: tokens.clone(),
                services,
            },
            metrics: Metrics::detached(),
        };
        let application = Application::build(&needs).unwrap();
        let stop = CancellationToken::new();
        let (address, admin_address) = (application.address(), application.admin_address());
        let finished = actix_web::rt::spawn(application.run_until_stopped(stop.clone()));
        Self {
            address,
            admin_address,
            stop,
            finished,
            tokens,
            _data: data,
        }
    }

    pub fn url(&self, target: &str) -> String {
        format!("http://{}{target}", self.address)
    }

    pub fn admin_url(&self, target: &str) -> String {
        format!("http://{}{target}", self.admin_address)
    }

    /// A token of `username`, valid for so many seconds from now.
    pub fn token(&self, username: &str, lifetime_seconds: i64) -> String {
        self.tokens
            .issue(UserId(7), username, Role::User, lifetime_seconds)
            .unwrap()
    }

    /// Everything the gateway says to these bytes until it closes, or until `quiet` passes without a byte.
    pub async fn say(&self, bytes: &[u8], quiet: Duration) -> String {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        socket.write_all(bytes).await.unwrap();
        let (mut said, mut buffer) = (Vec::new(), [0; 8192]);
        while let Ok(Ok(read)) = tokio::time::timeout(quiet, socket.read(&mut buffer)).await
            && read > 0
        {
            said.extend_from_slice(&buffer[..read]);
        }
        String::from_utf8_lossy(&said).into_owned()
    }
}

/// A client that follows no redirects.
pub fn client() -> reqwest::Client {
    common::http_client::outside_client(PATIENCE).unwrap()
}

/// Waits until `holds`.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "never came true: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
