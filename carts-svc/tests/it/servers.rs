//! The servers of production mode: a namespace for one test, gone when it ends.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const REDIS_ADDRESS: &str = "127.0.0.1:6379";
pub const REDIS_URL: &str = "redis://127.0.0.1:6379";
pub const RABBIT_URL: &str = "amqp://guest:guest@127.0.0.1:5672/%2f";

/// What one test uses of them.
pub struct Servers {
    /// What keys and queues begin with.
    pub namespace: String,
}

impl Servers {
    /// `None`, said aloud, when one is absent; then the test fails if servers are required.
    pub async fn open() -> Option<Self> {
        for (server, address) in [("Redis", REDIS_ADDRESS), ("RabbitMQ", "127.0.0.1:5672")] {
            if TcpStream::connect(address).await.is_err() {
                let is_required =
                    std::env::var_os("DADASHOP_REQUIRE_SERVICES").is_some_and(|value| value == "1");
                assert!(!is_required, "no {server} at {address}");
                println!("skipped: no {server} at {address}");
                return None;
            }
        }
        let namespace = format!("test_carts_{}", common::ids::fresh().simple());
        Some(Self { namespace })
    }

    pub async fn close(self) {
        let script = "for _, key in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', key) end";
        let command = ["EVAL", script, "0", &format!("{}:*", self.namespace)];
        let mut request = format!("*{}\r\n", command.len());
        for word in command {
            request.push_str(&format!("${}\r\n{word}\r\n", word.len()));
        }
        let mut redis = TcpStream::connect(REDIS_ADDRESS).await.unwrap();
        redis.write_all(request.as_bytes()).await.unwrap();
        let mut answer = [0; 1];
        redis.read_exact(&mut answer).await.unwrap();
    }
}
