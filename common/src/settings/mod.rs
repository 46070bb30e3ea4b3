//! Configuration: each setting is declared once as a [`Setting`]; values come from defaults, a file, the environment.
//!
//! Later sources win: built-in default, what the program supplies (the all-in-one binary's addresses and generated
//! secrets), `dadashop.toml` (or the file that `DADASHOP_CONFIG` names), `DADASHOP_*` variables. A secret may also be
//! read from the file that `DADASHOP_…_FILE` names.

mod catalogue;
mod source;

use std::path::PathBuf;
use std::str::FromStr;

pub use catalogue::{
    BUS_URL, CACHE_URL, COMMON, DATA_DIR, DB_MAX_CONNECTIONS, DRAIN_PAUSE_SECONDS, INTERNAL_SECRET,
    JWT_PREVIOUS_SECRET, JWT_SECRET, KV_URL, LIMITS, LOG, LOG_FORMAT, MODE, NAMESPACE, PUBLIC_API_URL,
    PUBLIC_WEB_URL, WORKERS,
};
pub use source::Source;

/// Prefix of all our environment variables.
const PREFIX: &str = "DADASHOP_";

/// One setting: the source of its documentation, default and checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Name without the `DADASHOP_` prefix; in the file the same in lower case, where tables may stand for the parts
    /// before an underscore (`[orders] pay_timeout_seconds = 900`).
    pub name: &'static str,
    /// What holds when nobody sets it.
    pub default: Default,
    /// One line for the reference page.
    pub help: &'static str,
}

/// What holds when nobody sets a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    /// This value.
    Value(&'static str),
    /// Nothing; the feature is off, or the value follows from others as `help` says.
    Unset,
    /// The process refuses to start.
    Required,
    /// The process refuses to start; and the value is a secret, which is never shown.
    RequiredSecret,
}

/// A setting that is missing or wrong. Names the key, never a secret's value.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Nobody set it, and there is no default.
    #[error("{PREFIX}{0} is not set")]
    Missing(&'static str),
    /// The value cannot be read.
    #[error("{PREFIX}{name}: {reason}")]
    Invalid {
        /// Which setting.
        name: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A file cannot be read.
    #[error("cannot read {path}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The configuration file is not TOML.
    #[error("{path} is not valid TOML: {reason}")]
    Syntax {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        reason: String,
    },
}

/// Declares a setting with a default value.
pub const fn setting(name: &'static str, default: Default, help: &'static str) -> Setting {
    Setting { name, default, help }
}

/// A [`SettingsError`] that names the setting.
pub fn invalid(setting: Setting, reason: String) -> SettingsError {
    SettingsError::Invalid {
        name: setting.name,
        reason,
    }
}

/// What the process is run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// To look and to develop: generated secrets, the sandbox, a demo catalogue.
    Development,
    /// To sell: whatever is not said is refused.
    Production,
}

impl Mode {
    /// The mode that `source` says; development where nobody says anything.
    pub fn of(source: &Source) -> Result<Self, SettingsError> {
        match source.optional(MODE).as_deref() {
            None | Some("development") => Ok(Self::Development),
            Some("production") => Ok(Self::Production),
            Some(other) => Err(invalid(
                MODE,
                format!("{other:?} is neither development nor production"),
            )),
        }
    }
}

/// Whether rate limits per address and account hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limits {
    /// They hold.
    On,
    /// Lifted, for load tests.
    Off,
}

impl FromStr for Limits {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "on" => Ok(Self::On),
            "off" => Ok(Self::Off),
            _ => Err("expected on or off"),
        }
    }
}
