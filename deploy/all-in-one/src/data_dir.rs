//! The data directory: one running shop at a time, and files that only their owner may read.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, bail};

/// Held while the shop runs, so that no second one opens the same files. The kernel frees it with the process.
pub struct RunningShop(#[allow(dead_code)] File);

/// Claims the data directory for this process.
///
/// # Errors
/// When it cannot be written, or another shop runs in it.
pub fn claim(path: &Path) -> anyhow::Result<RunningShop> {
    let lock = File::create(path.join("shop.lock"))
        .with_context(|| format!("cannot write to the data directory {}", path.display()))?;
    match lock.try_lock() {
        Ok(()) => Ok(RunningShop(lock)),
        Err(TryLockError::WouldBlock) => bail!(
            "another dadashop is running in {} (set DADASHOP_DATA_DIR to use another directory)",
            path.display()
        ),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
}

/// The content of a file that only its owner may read, made by `make` when there is none yet.
///
/// # Errors
/// When it can neither be read nor written.
pub fn private_file(path: &Path, make: impl FnOnce() -> String) -> anyhow::Result<String> {
    match std::fs::read_to_string(path) {
        Ok(text) => return Ok(text.trim().to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
    let text = make();
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    writeln!(file, "{text}").with_context(|| format!("cannot write {}", path.display()))?;
    Ok(text)
}
