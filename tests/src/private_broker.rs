//! A RabbitMQ node of the test's own, to be killed and started again.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::poll;
use crate::ports::free_port;
use crate::servers::skip;

const SERVER: &str = "/usr/lib/rabbitmq/bin/rabbitmq-server";
/// An Erlang node on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(120);

/// A broker with its files in a temporary folder. Killed when dropped.
#[derive(Debug)]
pub struct PrivateBroker {
    node: String,
    port: u16,
    distribution_port: u16,
    files: TempDir,
    process: Option<Child>,
}

impl PrivateBroker {
    /// A broker that listens; `None` when RabbitMQ is not installed here.
    pub async fn start() -> Option<Self> {
        if !Path::new(SERVER).exists() {
            skip(&format!("no RabbitMQ at {SERVER}"));
            return None;
        }
        let files = tempfile::tempdir().expect("folder");
        std::fs::write(files.path().join("enabled_plugins"), "[].").expect("file");
        // The machine's own settings would send it to the machine's own port.
        let port = free_port();
        std::fs::write(files.path().join("env.conf"), "").expect("file");
        let listener = format!("listeners.tcp.1 = 127.0.0.1:{port}\n");
        std::fs::write(files.path().join("rabbitmq.conf"), listener).expect("file");
        let mut broker = Self {
            node: format!("dadashop-{port}@localhost"),
            port,
            distribution_port: free_port(),
            files,
            process: None,
        };
        broker.start_again().await;
        Some(broker)
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}", self.port)
    }

    /// Starts the node with the files it had, and waits until it listens.
    pub async fn start_again(&mut self) {
        let files = self.files.path();
        let child = Command::new(SERVER)
            .env("RABBITMQ_NODENAME", &self.node)
            .env("RABBITMQ_CONF_ENV_FILE", files.join("env.conf"))
            .env("RABBITMQ_CONFIG_FILE", files.join("rabbitmq.conf"))
            .env("RABBITMQ_NODE_PORT", self.port.to_string())
            .env("RABBITMQ_DIST_PORT", self.distribution_port.to_string())
            .env("RABBITMQ_MNESIA_BASE", files.join("mnesia"))
            .env("RABBITMQ_LOG_BASE", files.join("log"))
            .env("RABBITMQ_PID_FILE", files.join("pid"))
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", files.join("enabled_plugins"))
            .env("HOME", files)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn();
        self.process = Some(child.expect("rabbitmq-server starts"));
        let port = self.port;
        poll::within(START_LIMIT, "the private broker listens", || async move {
            TcpStream::connect(("127.0.0.1", port)).await.ok()
        })
        .await;
    }

    /// SIGKILL to the node and its children: as when the power fails.
    pub fn kill(&mut self) {
        let Some(mut process) = self.process.take() else {
            return;
        };
        let group = format!("-{}", process.id());
        let killed = Command::new("kill").args(["-9", "--", &group]).status();
        assert!(killed.is_ok_and(|status| status.success()), "kill -9 {group}");
        process.wait().expect("a child of ours");
    }
}

impl Drop for PrivateBroker {
    fn drop(&mut self) {
        self.kill();
    }
}
