//! The servers that production mode needs: where they are, and what happens to a test when they are not.

use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use reqwest::Url;

const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// Addresses of MariaDB, Redis and RabbitMQ.
#[derive(Clone, Debug)]
pub struct Servers {
    /// `mysql://user:password@host:port`, without a database.
    pub mysql: String,
    /// `redis://host:port`.
    pub redis: String,
    /// `amqp://user:password@host:port`.
    pub amqp: String,
}

impl Servers {
    /// Those of `DADASHOP_TEST_{MYSQL,REDIS,AMQP}_URL`, else the usual local ones. When one does not answer: a line
    /// that says so and `None`; a failure with `DADASHOP_REQUIRE_SERVICES=1`.
    pub fn find() -> Option<Self> {
        let servers = Self {
            mysql: configured("DADASHOP_TEST_MYSQL_URL", "mysql://root@127.0.0.1:3306"),
            redis: configured("DADASHOP_TEST_REDIS_URL", "redis://127.0.0.1:6379"),
            amqp: configured("DADASHOP_TEST_AMQP_URL", "amqp://guest:guest@127.0.0.1:5672"),
        };
        let all = [
            ("MariaDB", &servers.mysql, 3306),
            ("Redis", &servers.redis, 6379),
            ("RabbitMQ", &servers.amqp, 5672),
        ];
        let is_complete = all.into_iter().all(|(name, url, port)| answers(name, url, port));
        is_complete.then_some(servers)
    }
}

/// `host:port` of `url`.
pub fn host_and_port(url: &str, default_port: u16) -> String {
    let url = Url::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
    let host = url.host_str().unwrap_or("127.0.0.1");
    format!("{host}:{}", url.port().unwrap_or(default_port))
}

/// Skips a test aloud, or fails it where services are required.
pub fn skip(reason: &str) {
    let are_required = std::env::var_os("DADASHOP_REQUIRE_SERVICES").is_some_and(|value| value == "1");
    assert!(!are_required, "{reason}, and DADASHOP_REQUIRE_SERVICES=1");
    println!("skipped: {reason}");
}

fn configured(name: &str, default: &str) -> String {
    let set = std::env::var_os(name).and_then(|value| value.into_string().ok());
    set.unwrap_or_else(|| default.to_owned())
}

fn answers(name: &str, url: &str, default_port: u16) -> bool {
    let address = host_and_port(url, default_port);
    let found = address
        .to_socket_addrs()
        .is_ok_and(|mut all| all.any(|one| TcpStream::connect_timeout(&one, PROBE_TIMEOUT).is_ok()));
    if !found {
        skip(&format!("no {name} at {address}"));
    }
    found
}
