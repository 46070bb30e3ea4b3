//! What the gateway's own work costs beside nginx: both proxy the same 2 KB answer of the same upstream, in turns.
//!
//! nginx proxies bare (no log, no token, no limits); the gateway as it is in production: token checked, limits counted,
//! a log line written. CPU is taken of each proxy alone, from `/proc`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};
use common::clock::Clock;
use common::contracts::ids::UserId;
use common::token::{Bearer, Role, UserTokens};
use secrecy::SecretString;
use tests::ports::free_address;

use crate::cpu;

/// How often each takes its turn.
const ROUNDS: usize = 3;
/// Size of the upstream's answer.
const ANSWER_BYTES: usize = 2048;
/// More than any run asks: limits are counted and never reached.
const NO_LIMIT: &str = "1000000/1000000";
const SECRET: &str = "bench-0123456789-for-benchmarks-of-the-gateway-only";

/// A program that is ended with the benchmark.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Both end workers of their own when they are asked to.
        let asked = Command::new("kill").arg(self.0.id().to_string()).status();
        if asked.is_ok() {
            drop(self.0.wait());
        }
    }
}

/// What one turn brought.
struct Turn {
    requests: u64,
    cpu: Duration,
}

/// Measures and prints.
pub fn run(binary: &Path, connections: usize, seconds: u64) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let (upstream_at, nginx_at, gateway_at) = (free_address(), free_address(), free_address());
    let _upstream = nginx(folder.path(), "upstream", &upstream(&upstream_at))?;
    let nginx = nginx(folder.path(), "proxy", &bare_proxy(&nginx_at, &upstream_at))?;
    let gateway = gateway(binary, folder.path(), &gateway_at, &upstream_at)?;
    let token = token()?;
    let load = Load {
        connections,
        seconds,
        token: &token,
    };
    for address in [&nginx_at, &gateway_at] {
        load.wait_for(address)?;
    }
    println!("{:8} {:>10} {:>12} {:>10}", "", "requests", "CPU µs each", "MB");
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bare.push(load.turn("nginx", &nginx, &nginx_at)?);
        ours.push(load.turn("gateway", &gateway, &gateway_at)?);
    }
    let (bare, ours) = (median(bare), median(ours));
    println!(
        "medians: nginx {bare} ns, gateway {ours} ns: {} %",
        ours * 100 / bare.max(1)
    );
    Ok(())
}

/// How hard and how long each turn is.
struct Load<'b> {
    connections: usize,
    seconds: u64,
    token: &'b str,
}

impl Load<'_> {
    fn turn(&self, name: &str, server: &Running, address: &str) -> anyhow::Result<u128> {
        let before = cpu::of_tree(server.0.id())?;
        let requests = self.ask(address, self.seconds)?;
        let turn = Turn {
            requests,
            cpu: cpu::of_tree(server.0.id())?.saturating_sub(before),
        };
        let each = turn.cpu.as_nanos() / u128::from(turn.requests.max(1));
        let memory = cpu::resident_megabytes(server.0.id());
        println!(
            "{name:8} {:>10} {:>9}.{:02} {memory:>10}",
            turn.requests,
            each / 1000,
            each / 10 % 100
        );
        Ok(each)
    }

    /// How many requests were answered, all of them well.
    fn ask(&self, address: &str, seconds: u64) -> anyhow::Result<u64> {
        let output = Command::new("wrk")
            .args([
                "-t1",
                &format!("-c{}", self.connections),
                &format!("-d{seconds}s"),
            ])
            .args(["-H", &format!("Authorization: {}", self.token)])
            .arg(format!("http://{address}/v1/carts/bench"))
            .output()
            .context("wrk (apt-get install wrk)")?;
        let text = String::from_utf8_lossy(&output.stdout);
        ensure!(
            !text.contains("Non-2xx") && !text.contains("Socket errors"),
            "{text}"
        );
        let line = text.lines().find(|line| line.contains(" requests in "));
        let count = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        count.with_context(|| format!("wrk said {text}"))
    }

    fn wait_for(&self, address: &str) -> anyhow::Result<()> {
        for _ in 0..100 {
            if std::net::TcpStream::connect(address).is_ok() {
                return self.ask(address, 1).map(drop);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        anyhow::bail!("nobody listens on {address}")
    }
}

fn median(mut figures: Vec<u128>) -> u128 {
    figures.sort_unstable();
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

fn token() -> anyhow::Result<String> {
    let tokens = UserTokens::new(&SecretString::from(SECRET), None, Clock::System)?;
    let bearer = Bearer {
        user: UserId(7),
        username: "bench",
        role: Role::User,
        epoch: 0,
    };
    Ok(tokens.issue_to(bearer, 3600)?)
}

fn gateway(binary: &Path, folder: &Path, address: &str, upstream: &str) -> anyhow::Result<Running> {
    let upstream = format!("http://{upstream}");
    let log = std::fs::File::create(folder.join("gateway.log"))?;
    let child = Command::new(binary)
        .args(["gateway", "serve"])
        .current_dir(folder)
        .env("DADASHOP_DATA_DIR", folder)
        .env("DADASHOP_KV_URL", "embedded:")
        .env("DADASHOP_JWT_SECRET", SECRET)
        .env("DADASHOP_INTERNAL_SECRET", SECRET)
        .env("DADASHOP_WORKERS", "1")
        .env("DADASHOP_GATEWAY_ADDR", address)
        .env("DADASHOP_GATEWAY_ADMIN_ADDR", "127.0.0.1:0")
        .env("DADASHOP_GATEWAY_RATE_PER_ADDRESS", NO_LIMIT)
        .env("DADASHOP_GATEWAY_RATE_PER_USER", NO_LIMIT)
        .env("DADASHOP_GATEWAY_IN_FLIGHT", "4096")
        .env("DADASHOP_GATEWAY_IN_FLIGHT_PER_SERVICE", "4096")
        // Connections of one address are bounded, unless it is a proxy's.
        .env("DADASHOP_GATEWAY_TRUSTED_PROXIES", "127.0.0.1")
        .env("DADASHOP_CARTS_URLS", &upstream)
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .with_context(|| format!("{}", binary.display()))?;
    Ok(Running(child))
}

fn nginx(folder: &Path, name: &str, http: &str) -> anyhow::Result<Running> {
    let home = folder.join(name);
    std::fs::create_dir_all(home.join("logs"))?;
    let path: PathBuf = home.join("nginx.conf");
    let mut text = String::from(
        "daemon off; worker_processes 1; pid nginx.pid; error_log logs/error.log;\n\
         events { worker_connections 4096; }\n",
    );
    write!(
        text,
        "http {{ access_log off; client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u; \
         scgi_temp_path s; keepalive_requests 100000000;\n{http}\n}}\n"
    )?;
    std::fs::write(&path, text)?;
    let child = Command::new("nginx")
        .arg("-p")
        .arg(&home)
        .arg("-c")
        .arg(&path)
        .args(["-e", "logs/error.log"])
        .stdout(Stdio::null())
        .spawn()
        .context("nginx (apt-get install nginx)")?;
    Ok(Running(child))
}

fn upstream(address: &str) -> String {
    let answer = format!("{{\"code\":200,\"data\":\"{}\"}}", "x".repeat(ANSWER_BYTES - 22));
    format!(
        "server {{ listen {address}; location / {{ default_type application/json; return 200 '{answer}'; }} }}"
    )
}

fn bare_proxy(address: &str, upstream: &str) -> String {
    format!(
        "upstream up {{ server {upstream}; keepalive 256; keepalive_requests 100000000; }}\n\
         server {{ listen {address}; location / {{ proxy_pass http://up; proxy_http_version 1.1; \
         proxy_set_header Connection \"\"; }} }}"
    )
}
