//! A whole shop: its processes, its stores, and the hands on its switches. Everything of it is gone when it is dropped.

mod deployed;
mod embedded;
mod options;
mod production;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use common::http_client::outside_client;
use tempfile::TempDir;

use crate::api::Api;
use crate::audit::Books;
use crate::catalogue::Catalogue;
use crate::deployment::Deployment;
use crate::fault_proxy::FaultProxy;
use crate::poll;
use crate::process::{Program, ShopProcess};
use crate::sandbox::SandboxClient;
use crate::servers::Servers;
use crate::stores::Stores;

pub use options::{Mode, ShopOptions};

/// A process of the shop. In embedded mode all of them are [`Part::Whole`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The all-in-one binary.
    Whole,
    /// Stands in for third parties.
    Sandbox,
    /// users-svc.
    Users,
    /// A replica of goods-svc.
    Goods(usize),
    /// carts-svc.
    Carts,
    /// A replica of orders-svc.
    Orders(usize),
    /// pays-svc.
    Pays,
    /// The gateway.
    Gateway,
}

/// How to see that a process is ready.
enum Ready {
    /// It prints a line that begins with `ready:`.
    Line,
    /// `/readyz` at this address answers 200.
    Page(SocketAddr),
}

/// What became of a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Started {
    /// It is ready.
    Ready,
    /// It ended before it was.
    Ended(ExitStatus),
}

/// Everything that is known of a shop before it starts.
struct Plan {
    api_url: String,
    sandbox_url: String,
    members: Vec<(Part, Program, Ready)>,
    settings: BTreeMap<String, String>,
    stores: Stores,
    data_dir: PathBuf,
    database: Option<FaultProxy>,
}

struct Member {
    process: ShopProcess,
    ready: Ready,
}

/// A shop that answers.
pub struct Shop {
    /// How it runs.
    pub mode: Mode,
    /// Its gateway.
    pub api: Api,
    /// Its third parties.
    pub sandbox: SandboxClient,
    /// What it sells.
    pub catalogue: Catalogue,
    /// Stock and sales when it opened, or when we came.
    pub opening: Books,
    /// Stock and sales before its first order: what the audit starts from.
    pub(crate) origin: Books,
    /// Its files.
    pub data_dir: PathBuf,
    // In the order in which they are dropped: processes, then what they wrote to.
    members: BTreeMap<Part, Member>,
    /// Its databases, keys and queues.
    pub stores: Stores,
    probe: reqwest::Client,
    _database: Option<FaultProxy>,
    _folder: TempDir,
}

impl Shop {
    /// Starts a shop and waits until all of it is ready; `None` when servers are missing and the test is skipped.
    pub async fn start(mode: Mode, options: ShopOptions) -> Option<Self> {
        let folder = tempfile::tempdir().expect("folder");
        let plan = match mode {
            Mode::Embedded => embedded::plan(&options, folder.path()),
            Mode::Production => production::plan(&options, folder.path(), &Servers::find()?).await,
            Mode::Deployment => deployed::plan(&options, folder.path(), &Deployment::find()?).await,
        };
        if mode != Mode::Deployment {
            load_catalogue(&options, &plan.settings, folder.path());
        }
        let opening = Books::read(&plan.stores).await;
        let origin = Books::before_all_orders(&plan.stores).await;
        let members = plan.members.into_iter().map(|(part, program, ready)| {
            let process = ShopProcess::new(program);
            (part, Member { process, ready })
        });
        let mut shop = Self {
            mode,
            api: Api::new(plan.api_url),
            sandbox: SandboxClient::new(plan.sandbox_url),
            catalogue: options.catalogue,
            opening,
            origin,
            data_dir: plan.data_dir,
            members: members.collect(),
            stores: plan.stores,
            probe: outside_client(Duration::from_secs(5)).expect("HTTP client"),
            _database: plan.database,
            _folder: folder,
        };
        shop.open().await;
        Some(shop)
    }

    /// Starts every process, the first of them before the others, and waits until all are ready.
    async fn open(&mut self) {
        let parts: Vec<Part> = self.members.keys().copied().collect();
        let Some((first, others)) = parts.split_first() else {
            return; // a deployment, which is open
        };
        self.must_start(*first).await;
        for part in others {
            self.member(*part).process.start(&[]);
        }
        for part in others {
            self.must_become_ready(*part).await;
        }
    }

    /// Starts a process that must come up.
    pub async fn must_start(&mut self, part: Part) {
        self.member(part).process.start(&[]);
        self.must_become_ready(part).await;
    }

    async fn must_become_ready(&mut self, part: Part) {
        let started = self.wait_ready(part).await;
        assert_eq!(started, Started::Ready, "{part:?} did not start");
    }

    /// Kills a process if it runs, and starts it with `extra` settings.
    pub async fn restart(&mut self, part: Part, extra: &[(&str, &str)]) -> Started {
        let process = &mut self.member(part).process;
        process.kill();
        process.start(extra);
        self.wait_ready(part).await
    }

    /// SIGKILL.
    pub fn kill(&mut self, part: Part) {
        self.member(part).process.kill();
    }

    /// SIGTERM; how it ended.
    pub async fn terminate(&mut self, part: Part) -> ExitStatus {
        self.member(part).process.terminate().await
    }

    /// Where a service listens, in production mode.
    pub fn address(&self, part: Part) -> SocketAddr {
        match &self.members[&part].ready {
            Ready::Page(address) => *address,
            Ready::Line => panic!("{part:?} is no service"),
        }
    }

    /// Whether the process runs.
    pub fn is_running(&mut self, part: Part) -> bool {
        self.member(part).process.is_running()
    }

    /// Its processes.
    pub fn parts(&self) -> Vec<Part> {
        self.members.keys().copied().collect()
    }

    async fn wait_ready(&mut self, part: Part) -> Started {
        let probe = self.probe.clone();
        let deadline = std::time::Instant::now() + poll::PATIENCE;
        loop {
            let Member { process, ready } = self.member(part);
            if let Some(status) = process.ended() {
                return Started::Ended(status);
            }
            if ready.is_seen(process, &probe).await {
                return Started::Ready;
            }
            assert!(
                std::time::Instant::now() < deadline,
                "{part:?} is not ready in time"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn member(&mut self, part: Part) -> &mut Member {
        let part = match self.mode {
            Mode::Embedded => Part::Whole,
            Mode::Production | Mode::Deployment => part,
        };
        self.members
            .get_mut(&part)
            .unwrap_or_else(|| panic!("no {part:?}"))
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for member in self.members.values() {
                eprintln!("{}", member.process.tail());
            }
        }
    }
}

impl Ready {
    async fn is_seen(&self, process: &ShopProcess, probe: &reqwest::Client) -> bool {
        match self {
            Self::Line => process
                .log_since_start()
                .lines()
                .any(|line| line.starts_with("ready:")),
            Self::Page(address) => probe
                .get(format!("http://{address}/readyz"))
                .send()
                .await
                .is_ok_and(|page| page.status() == 200),
        }
    }
}

/// Fills the empty databases before anything else starts.
fn load_catalogue(options: &ShopOptions, settings: &BTreeMap<String, String>, folder: &Path) {
    let dump = folder.join("catalogue.json");
    options.catalogue.write(&dump);
    let dump = dump.display().to_string();
    for arguments in [&["goods", "migrate"][..], &["goods", "loaddata", &dump]] {
        let command = program(&arguments[..2].join("-"), arguments, options, settings, folder);
        ShopProcess::new(command).run();
    }
}

fn program(
    name: &str,
    arguments: &[&str],
    options: &ShopOptions,
    settings: &BTreeMap<String, String>,
    folder: &Path,
) -> Program {
    Program {
        name: name.to_owned(),
        binary: options.binary.clone(),
        arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
        settings: settings.clone(),
        folder: folder.to_owned(),
    }
}
