//! A deployment that somebody else started, such as the composed shop: where it is, and how to look into its stores.
//!
//! Its databases are not published, so whoever started it lends a command, the probe, that asks them from inside.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// A row as the probe prints it: values by column.
pub type TextRow = BTreeMap<String, String>;

/// A shop that runs already.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// Its gateway.
    pub api_url: String,
    /// Its third parties.
    pub sandbox_url: String,
    probe: PathBuf,
}

impl Deployment {
    /// The one that `DADASHOP_DEPLOYMENT_API_URL`, `…_SANDBOX_URL` and `…_PROBE` name; without them a line that says
    /// so and `None`.
    pub fn find() -> Option<Self> {
        let [api_url, sandbox_url, probe] = ["API_URL", "SANDBOX_URL", "PROBE"]
            .map(|name| std::env::var_os(format!("DADASHOP_DEPLOYMENT_{name}")).unwrap_or_default())
            .map(|value| value.to_string_lossy().into_owned());
        if api_url.is_empty() || sandbox_url.is_empty() || probe.is_empty() {
            println!("skipped: no deployment is named");
            return None;
        }
        Some(Self {
            api_url,
            sandbox_url,
            probe: probe.into(),
        })
    }

    /// What `PROBE sql OWNER` prints for a statement: a line of column names, then a line a row, values between tabs.
    pub async fn sql(&self, owner: &str, statement: &str) -> Vec<TextRow> {
        let printed = self.ask(&["sql", owner], statement).await;
        let mut lines = printed.lines();
        let columns: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
        lines
            .map(|line| {
                let values = line.split('\t').map(str::to_owned);
                columns
                    .iter()
                    .map(|column| (*column).to_owned())
                    .zip(values)
                    .collect()
            })
            .collect()
    }

    /// What `PROBE queues` prints: each queue at the broker and the messages in it.
    pub async fn queues(&self) -> Vec<(String, u64)> {
        let printed = self.ask(&["queues"], "").await;
        let queue = |line: &str| {
            let (name, messages) = line.split_once('\t')?;
            Some((name.to_owned(), messages.trim().parse().ok()?))
        };
        printed.lines().filter_map(queue).collect()
    }

    async fn ask(&self, arguments: &[&str], input: &str) -> String {
        let mut probe = Command::new(&self.probe)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", self.probe.display()));
        let mut stdin = probe.stdin.take().expect("piped");
        stdin.write_all(input.as_bytes()).await.expect("the probe reads");
        drop(stdin);
        let ended = probe.wait_with_output().await.expect("the probe ends");
        let errors = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "probe {arguments:?} {input}: {errors}");
        String::from_utf8(ended.stdout).expect("UTF-8")
    }
}
