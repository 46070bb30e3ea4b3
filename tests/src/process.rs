//! One process of a shop under test: started, killed, restarted, its output kept for when the test fails.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::poll;

/// Lines of output that are shown when a test fails.
const SHOWN_LINES: usize = 80;

/// What to run: the same at every start but for the extra environment.
#[derive(Clone, Debug)]
pub struct Program {
    /// What the test calls it.
    pub name: String,
    /// The `dadashop` binary.
    pub binary: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The whole `DADASHOP_*` environment, names without the prefix.
    pub settings: BTreeMap<String, String>,
    /// Working directory; the output goes to `<name>.log` in it.
    pub folder: PathBuf,
}

/// A [`Program`] and its process, if it runs. Killed when dropped.
#[derive(Debug)]
pub struct ShopProcess {
    program: Program,
    child: Option<Child>,
    /// Length of the log when the process was last started.
    log_begin: usize,
}

impl ShopProcess {
    /// Not yet started.
    pub fn new(program: Program) -> Self {
        Self {
            program,
            child: None,
            log_begin: 0,
        }
    }

    /// Starts it, with `extra` on top of its settings.
    pub fn start(&mut self, extra: &[(&str, &str)]) {
        assert!(self.child.is_none(), "{} runs already", self.program.name);
        self.log_begin = self.log().len();
        let output = self.open_log();
        let mut command = Command::new(&self.program.binary);
        command
            .args(&self.program.arguments)
            .current_dir(&self.program.folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("NO_COLOR", "1");
        for (name, value) in &self.program.settings {
            command.env(format!("DADASHOP_{name}"), value);
        }
        for (name, value) in extra {
            command.env(format!("DADASHOP_{name}"), value);
        }
        let child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone().expect("log"))
            .stderr(output)
            .spawn();
        self.child = Some(child.unwrap_or_else(|error| panic!("{}: {error}", self.program.binary.display())));
    }

    /// Runs it to its end; fails the test unless it succeeds.
    pub fn run(mut self) {
        self.start(&[]);
        let status = self
            .child
            .take()
            .expect("just started")
            .wait()
            .expect("a child of ours");
        assert!(
            status.success(),
            "{} ended with {status}\n{}",
            self.program.name,
            self.tail()
        );
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        let Some(child) = &mut self.child else {
            return None;
        };
        let status = child.try_wait().expect("a child of ours")?;
        self.child = None;
        Some(status)
    }

    /// Whether it runs.
    pub fn is_running(&mut self) -> bool {
        self.child.is_some() && self.ended().is_none()
    }

    /// SIGKILL, as when the power fails.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // An error says that it is dead already.
            drop(child.kill());
            child.wait().expect("a child of ours");
        }
    }

    /// SIGTERM; how it then ended.
    pub async fn terminate(&mut self) -> ExitStatus {
        let pid = self.child.as_ref().expect("it runs").id().to_string();
        let signalled = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(signalled.is_ok_and(|status| status.success()), "kill -TERM {pid}");
        self.wait().await
    }

    /// Waits for its end.
    pub async fn wait(&mut self) -> ExitStatus {
        let what = format!("{} ends", self.program.name);
        poll::eventually(what, || std::future::ready(self.ended())).await
    }

    /// What it wrote since it was last started.
    pub fn log_since_start(&self) -> String {
        self.log().split_off(self.log_begin)
    }

    /// The end of what it wrote, for people.
    pub fn tail(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        let shown = &lines[lines.len().saturating_sub(SHOWN_LINES)..];
        format!("--- {} ---\n{}", self.program.name, shown.join("\n"))
    }

    fn log(&self) -> String {
        let bytes = std::fs::read(self.log_path()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn log_path(&self) -> PathBuf {
        self.program.folder.join(format!("{}.log", self.program.name))
    }

    fn open_log(&self) -> File {
        let opened = OpenOptions::new().create(true).append(true).open(self.log_path());
        opened.expect("log file")
    }
}

impl Drop for ShopProcess {
    fn drop(&mut self) {
        self.kill();
    }
}
