//! The servers of production mode: a database and a namespace for one test, gone when it ends.

use sea_orm::{ConnectionTrait, Database};
use tokio::net::TcpStream;

const MARIADB_URL: &str = "mysql://root@127.0.0.1:3306";
pub const REDIS_URL: &str = "redis://127.0.0.1:6379";
pub const RABBIT_URL: &str = "amqp://guest:guest@127.0.0.1:5672/%2f";

/// What one test uses of them.
pub struct Servers {
    /// Of the database, and what queues begin with.
    pub name: String,
}

impl Servers {
    /// `None`, said aloud, when one is absent; then the test fails if servers are required.
    pub async fn open() -> Option<Self> {
        for (server, address) in [
            ("MariaDB", "127.0.0.1:3306"),
            ("RabbitMQ", "127.0.0.1:5672"),
            ("Redis", "127.0.0.1:6379"),
        ] {
            if TcpStream::connect(address).await.is_err() {
                let is_required =
                    std::env::var_os("DADASHOP_REQUIRE_SERVICES").is_some_and(|value| value == "1");
                assert!(!is_required, "no {server} at {address}");
                println!("skipped: no {server} at {address}");
                return None;
            }
        }
        let name = format!("test_goods_{}", common::ids::fresh().simple());
        run_at_mariadb(&format!("CREATE DATABASE {name}")).await;
        Some(Self { name })
    }

    pub fn database_url(&self) -> String {
        format!("{MARIADB_URL}/{}", self.name)
    }

    pub async fn close(self) {
        run_at_mariadb(&format!("DROP DATABASE {}", self.name)).await;
    }
}

async fn run_at_mariadb(sql: &str) {
    let server = Database::connect(MARIADB_URL).await.unwrap();
    server.execute_unprepared(sql).await.unwrap();
    server.close().await.unwrap();
}
