//! What one shop under test keeps on shared servers: its own databases, keys and queues, all gone with it.

use std::collections::BTreeMap;
use std::future::Future;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use common::bus::Bus;
use common::contracts::events::ROUTES;
use common::db::Db;
use sea_orm::{ConnectionTrait, Database};

use crate::deployment::Deployment;
use crate::servers::{Servers, host_and_port};

/// Services with a database of their own.
pub const OWNERS: [&str; 4] = ["users", "goods", "orders", "pays"];

/// The stores of one shop. Emptied and removed when dropped.
#[derive(Debug)]
pub struct Stores {
    /// Database URL by owner, as the audit reads it.
    pub databases: BTreeMap<&'static str, String>,
    /// What its keys and queues begin with.
    pub namespace: String,
    servers: Option<Servers>,
    /// Set when they belong to a deployment: then nothing else here leads to them.
    pub(crate) deployment: Option<Deployment>,
}

impl Stores {
    /// Of an embedded shop: files below `data_dir`.
    pub fn embedded(data_dir: &Path) -> Self {
        let file = |owner| format!("sqlite:{}/{owner}.db", data_dir.display());
        Self {
            databases: OWNERS.map(|owner| (owner, file(owner))).into(),
            namespace: "dadashop".to_owned(),
            servers: None,
            deployment: None,
        }
    }

    /// Of a deployment: asked by its probe, and never emptied.
    pub fn deployed(deployment: &Deployment) -> Self {
        Self {
            databases: BTreeMap::new(),
            namespace: "dadashop".to_owned(),
            servers: None,
            deployment: Some(deployment.clone()),
        }
    }

    /// Of a production shop: databases `dt_<random>_<owner>` that exist from now on.
    pub async fn production(servers: &Servers) -> Self {
        let namespace = format!("dt_{:08x}", rand::random::<u32>());
        let stores = Self {
            databases: OWNERS
                .map(|owner| (owner, format!("{}/{namespace}_{owner}", servers.mysql)))
                .into(),
            namespace,
            servers: Some(servers.clone()),
            deployment: None,
        };
        for owner in OWNERS {
            let database = stores.database_name(owner);
            run_sql(
                &servers.mysql,
                &format!("CREATE DATABASE {database} CHARACTER SET utf8mb4"),
            )
            .await;
        }
        stores
    }

    /// Opens the database of `owner` to read it.
    pub async fn open(&self, owner: &str) -> Db {
        let url = self.databases.get(owner);
        let url = url.unwrap_or_else(|| panic!("the database of {owner} cannot be reached from here"));
        Db::open(url, 2)
            .await
            .unwrap_or_else(|error| panic!("{url}: {error}"))
    }

    /// Opens the event bus of the shop as its services do.
    pub async fn open_bus(&self, data_dir: &Path) -> Bus {
        let url = self.servers.as_ref().map_or("embedded:", |servers| &servers.amqp);
        Bus::open(url, &self.namespace, data_dir, ROUTES)
            .await
            .expect("bus")
    }

    /// Uses another broker than the shared one.
    pub fn set_broker(&mut self, url: &str) {
        if let Some(servers) = &mut self.servers {
            url.clone_into(&mut servers.amqp);
        }
    }

    fn database_name(&self, owner: &str) -> String {
        format!("{}_{owner}", self.namespace)
    }
}

impl Drop for Stores {
    fn drop(&mut self) {
        let Some(servers) = self.servers.clone() else {
            return;
        };
        let (namespace, names) = (
            self.namespace.clone(),
            OWNERS.map(|owner| self.database_name(owner)),
        );
        let cleaned = on_a_thread_of_its_own(async move {
            for name in names {
                run_sql(&servers.mysql, &format!("DROP DATABASE IF EXISTS {name}")).await;
            }
            delete_keys(&servers.redis, &namespace);
            delete_queues(&servers.amqp, &namespace).await;
        });
        if let Err(panic) = cleaned {
            eprintln!(
                "stores of {} were not removed: {}",
                self.namespace,
                panic_text(&*panic)
            );
        }
    }
}

async fn run_sql(url: &str, sql: &str) {
    let server = Database::connect(url)
        .await
        .unwrap_or_else(|error| panic!("{url}: {error}"));
    server
        .execute_unprepared(sql)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    server.close().await.expect("close");
}

/// One script over a bare connection: the kit needs no Redis client for it.
fn delete_keys(url: &str, namespace: &str) {
    const SCRIPT: &str = "local n = 0 for _, key in ipairs(redis.call('KEYS', ARGV[1])) do n = n + redis.call('DEL', key) end return n";
    let mut redis = TcpStream::connect(host_and_port(url, 6379)).expect("redis");
    redis
        .set_read_timeout(Some(Duration::from_secs(10)))
        .expect("timeout");
    let pattern = format!("{namespace}*");
    let mut command = String::from("*4\r\n");
    for part in ["EVAL", SCRIPT, "0", &pattern] {
        command.push_str(&format!("${}\r\n{part}\r\n", part.len()));
    }
    redis.write_all(command.as_bytes()).expect("redis");
    let mut answer = [0; 128];
    let length = redis.read(&mut answer).expect("redis answers");
    let answer = String::from_utf8_lossy(&answer[..length]);
    assert!(answer.starts_with(':'), "redis: {answer}");
}

/// A broker of the test's own may be gone by now, and its queues with it.
async fn delete_queues(url: &str, namespace: &str) {
    if TcpStream::connect(host_and_port(url, 5672)).is_err() {
        return;
    }
    let folder = tempfile::tempdir().expect("folder");
    let bus = Bus::open(url, namespace, folder.path(), ROUTES)
        .await
        .expect("bus");
    bus.delete_topology().await.expect("queues");
}

/// `drop` cannot wait for a future, and may run while a test unwinds.
fn on_a_thread_of_its_own(work: impl Future<Output = ()> + Send + 'static) -> std::thread::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    std::thread::spawn(move || runtime.expect("runtime").block_on(work)).join()
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic.downcast_ref::<String>().map_or("panic", String::as_str)
}
