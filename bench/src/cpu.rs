//! CPU time of the shop's processes and of the databases, read from `/proc`.

use std::time::Duration;

use anyhow::Context;

/// Ticks of the kernel's accounting in a second: fixed on Linux for what `/proc` shows.
const TICKS_PER_SECOND: u64 = 100;
/// Programs of the servers that the shop leans on.
const DATABASES: [&str; 4] = ["mariadbd", "mysqld", "redis-server", "beam.smp"];

/// CPU time of two groups of processes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spent {
    /// The shop's own processes: all that this program started.
    pub shop: Duration,
    /// MariaDB, Redis and RabbitMQ, whoever else uses them.
    pub databases: Duration,
}

/// Remembers what had been spent when it was started.
pub struct Meter(Spent);

impl Meter {
    /// Starts to measure.
    pub fn start() -> anyhow::Result<Self> {
        total().map(Self)
    }

    /// What was spent since.
    pub fn read(&self) -> anyhow::Result<Spent> {
        let now = total()?;
        Ok(Spent {
            shop: now.shop.saturating_sub(self.0.shop),
            databases: now.databases.saturating_sub(self.0.databases),
        })
    }
}

fn total() -> anyhow::Result<Spent> {
    let mut spent = Spent::default();
    for entry in std::fs::read_dir("/proc").context("/proc")? {
        let path = entry?.path().join("stat");
        // Other entries are no processes, and processes end while we look.
        let Ok(stat) = std::fs::read_to_string(path) else {
            continue;
        };
        let Some((program, parent, time)) = parse(&stat) else {
            continue;
        };
        if DATABASES.contains(&program) {
            spent.databases += time;
        } else if parent == std::process::id() {
            spent.shop += time;
        }
    }
    Ok(spent)
}

/// Program, parent and CPU time of a line of `/proc/PID/stat` (proc(5): fields 2, 4, 14 and 15).
fn parse(stat: &str) -> Option<(&str, u32, Duration)> {
    let (head, tail) = stat.rsplit_once(')')?;
    let program = head.split_once('(')?.1;
    let fields: Vec<&str> = tail.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some((
        program,
        fields.get(1)?.parse().ok()?,
        Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND),
    ))
}

/// CPU time of a process and its children.
pub fn of_tree(id: u32) -> anyhow::Result<Duration> {
    let mut spent = Duration::ZERO;
    for entry in std::fs::read_dir("/proc").context("/proc")? {
        let entry = entry?;
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else {
            continue;
        };
        let is_itself = entry.file_name().to_str() == Some(&id.to_string());
        if let Some((_, parent, time)) = parse(&stat)
            && (is_itself || parent == id)
        {
            spent += time;
        }
    }
    Ok(spent)
}

/// Resident memory of a process in megabytes, 0 when it is gone.
pub fn resident_megabytes(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() / 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_name_with_spaces_and_brackets_is_read() {
        let stat = "42 (odd) name) S 7 1 1 0 -1 4194304 100 0 0 0 30 12 0 0 20 0 3 0 5";
        assert_eq!(parse(stat), Some(("odd) name", 7, Duration::from_millis(420))));
    }
}
