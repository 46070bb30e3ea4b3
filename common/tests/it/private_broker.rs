//! A RabbitMQ node of the test's own, to be killed and started again.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

const SERVER: &str = "/usr/lib/rabbitmq/bin/rabbitmq-server";
const CONTROL: &str = "/usr/lib/rabbitmq/bin/rabbitmqctl";

/// A broker with its files in a temporary folder. Killed when dropped.
pub struct PrivateBroker {
    node: String,
    port: u16,
    distribution_port: u16,
    files: TempDir,
    process: Option<Child>,
}

impl PrivateBroker {
    /// A broker that is starting; `None` when RabbitMQ is not installed here.
    pub fn start() -> Option<Self> {
        if !Path::new(SERVER).exists() {
            println!("skipped: no RabbitMQ at {SERVER}");
            return None;
        }
        let files = tempfile::tempdir().unwrap();
        let port = free_port();
        std::fs::write(files.path().join("enabled_plugins"), "[].").unwrap();
        std::fs::write(files.path().join("env.conf"), "").unwrap();
        let listener = format!("listeners.tcp.1 = 127.0.0.1:{port}\n");
        std::fs::write(files.path().join("rabbitmq.conf"), listener).unwrap();
        let mut broker = Self {
            node: format!("dadashop-{port}@localhost"),
            port,
            distribution_port: free_port(),
            files,
            process: None,
        };
        broker.start_again();
        Some(broker)
    }

    /// Where it listens, once it does.
    pub fn url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}/%2f", self.port)
    }

    /// Starts the node with the files it had.
    pub fn start_again(&mut self) {
        let files = self.files.path();
        let child = self
            .command(SERVER)
            .env("RABBITMQ_CONFIG_FILE", files.join("rabbitmq.conf"))
            .env("RABBITMQ_NODE_PORT", self.port.to_string())
            .env("RABBITMQ_DIST_PORT", self.distribution_port.to_string())
            .env("RABBITMQ_MNESIA_BASE", files.join("mnesia"))
            .env("RABBITMQ_LOG_BASE", files.join("log"))
            .env("RABBITMQ_PID_FILE", files.join("pid"))
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", files.join("enabled_plugins"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        self.process = Some(child);
    }

    /// Runs `rabbitmqctl` against the node.
    pub fn control(&self, arguments: &[&str]) {
        let output = self.command(CONTROL).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    }

    /// A command that knows the node's name and its cookie, and nothing of the machine's own broker.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("RABBITMQ_NODENAME", &self.node)
            .env("RABBITMQ_CONF_ENV_FILE", self.files.path().join("env.conf"))
            .env("HOME", self.files.path());
        command
    }

    /// SIGKILL to the node and its children: as when the power fails.
    pub fn kill(&mut self) {
        let Some(mut process) = self.process.take() else {
            return;
        };
        let group = format!("-{}", process.id());
        let killed = Command::new("kill").args(["-9", "--", &group]).status().unwrap();
        assert!(killed.success());
        process.wait().unwrap();
    }
}

impl Drop for PrivateBroker {
    fn drop(&mut self) {
        self.kill();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
