//! Configuration: each setting is declared once as a [`Setting`]; values come from defaults, a file, the environment.
//!
//! Later sources win: built-in default, what the program supplies (the all-in-one binary's addresses and generated
//! secrets), `dadashop.toml` (or the file that `DADASHOP_CONFIG` names), `DADASHOP_*` variables. A secret may also be
//! read from the file that `DADASHOP_…_FILE` names.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use secrecy::SecretString;

/// Prefix of all our environment variables.
const PREFIX: &str = "DADASHOP_";
/// Read when `DADASHOP_CONFIG` names no other file.
const DEFAULT_FILE: &str = "dadashop.toml";

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

/// Where values come from.
#[derive(Clone, Debug, std::default::Default)]
pub struct Source {
    supplied: BTreeMap<String, String>,
    file: BTreeMap<String, String>,
    environment: BTreeMap<String, String>,
}

impl Source {
    /// The configuration file, if there is one, and this process's environment.
    pub fn load() -> Result<Self, SettingsError> {
        let environment: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter_map(|(name, value)| Some((name.strip_prefix(PREFIX)?.to_owned(), value)))
            .collect();
        let file = match environment.get("CONFIG") {
            Some(path) => read_file(Path::new(path))?,
            None if Path::new(DEFAULT_FILE).exists() => read_file(Path::new(DEFAULT_FILE))?,
            None => BTreeMap::new(),
        };
        Ok(Self { supplied: BTreeMap::new(), file, environment })
    }

    /// A source of these pairs alone, for tests.
    pub fn of<const N: usize>(pairs: [(Setting, &str); N]) -> Self {
        let environment = pairs.into_iter().map(|(setting, value)| (setting.name.to_owned(), value.to_owned())).collect();
        Self { environment, ..Self::default() }
    }

    /// Supplies a value that the file and the environment may override.
    pub fn supply(&mut self, setting: Setting, value: impl Into<String>) {
        self.supplied.insert(setting.name.to_owned(), value.into());
    }

    /// Whether the file or the environment sets it.
    pub fn is_set(&self, setting: Setting) -> bool {
        self.environment.contains_key(setting.name) || self.file.contains_key(setting.name)
    }

    /// The value, if anybody set one or it has a default.
    pub fn optional(&self, setting: Setting) -> Option<String> {
        let layers = [&self.environment, &self.file, &self.supplied];
        let set = layers.into_iter().find_map(|layer| layer.get(setting.name)).filter(|value| !value.is_empty());
        match (set, setting.default) {
            (Some(value), _) => Some(value.clone()),
            (None, Default::Value(value)) => Some(value.to_owned()),
            (None, Default::Unset | Default::Required | Default::RequiredSecret) => None,
        }
    }

    /// The value as text.
    pub fn text(&self, setting: Setting) -> Result<String, SettingsError> {
        self.optional(setting).ok_or(SettingsError::Missing(setting.name))
    }

    /// The value read as `T`: a number, an address, …
    pub fn parsed<T: FromStr<Err: Display>>(&self, setting: Setting) -> Result<T, SettingsError> {
        let text = self.text(setting)?;
        text.parse().map_err(|error| invalid(setting, format!("{text:?} cannot be read: {error}")))
    }

    /// The comma-separated values, at least one.
    pub fn list(&self, setting: Setting) -> Result<Vec<String>, SettingsError> {
        let text = self.text(setting)?;
        let items: Vec<String> = text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect();
        if items.is_empty() { Err(invalid(setting, "the list is empty".into())) } else { Ok(items) }
    }

    /// A secret: the value itself, or the content of the file that `…_FILE` names.
    pub fn secret(&self, setting: Setting) -> Result<SecretString, SettingsError> {
        self.optional_secret(setting)?.ok_or(SettingsError::Missing(setting.name))
    }

    /// A secret that may be absent.
    pub fn optional_secret(&self, setting: Setting) -> Result<Option<SecretString>, SettingsError> {
        let file_name = format!("{}_FILE", setting.name);
        let path = [&self.environment, &self.file].into_iter().find_map(|layer| layer.get(&file_name));
        let Some(path) = path else { return Ok(self.optional(setting).map(SecretString::from)) };
        let path = PathBuf::from(path);
        let text = std::fs::read_to_string(&path).map_err(|source| SettingsError::File { path, source })?;
        Ok(Some(SecretString::from(text.trim().to_owned())))
    }

    /// Names under our prefix that no setting of `known` bears: most likely misspelt.
    pub fn unknown_names<'a>(&'a self, known: &'a [Setting]) -> impl Iterator<Item = String> + 'a {
        let is_known = |name: &str| {
            let bare = name.strip_suffix("_FILE").unwrap_or(name);
            name == "CONFIG" || name == "CRASH" || known.iter().any(|setting| setting.name == name || setting.name == bare)
        };
        let names = self.environment.keys().chain(self.file.keys());
        names.filter(move |name| !is_known(name)).map(|name| format!("{PREFIX}{name}"))
    }
}

/// A [`SettingsError`] that names the setting.
pub fn invalid(setting: Setting, reason: String) -> SettingsError {
    SettingsError::Invalid { name: setting.name, reason }
}

fn read_file(path: &Path) -> Result<BTreeMap<String, String>, SettingsError> {
    let path_buf = || path.to_path_buf();
    let text = std::fs::read_to_string(path).map_err(|source| SettingsError::File { path: path_buf(), source })?;
    let table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| SettingsError::Syntax { path: path_buf(), reason: error.to_string() })?;
    let mut flat = BTreeMap::new();
    flatten("", &toml::Value::Table(table), &mut flat);
    Ok(flat)
}

fn flatten(prefix: &str, value: &toml::Value, flat: &mut BTreeMap<String, String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                let name = if prefix.is_empty() { key.to_uppercase() } else { format!("{prefix}_{}", key.to_uppercase()) };
                flatten(&name, value, flat);
            }
        }
        toml::Value::Array(items) => {
            let items: Vec<String> = items.iter().map(plain_text).collect();
            flat.insert(prefix.to_owned(), items.join(","));
        }
        scalar => {
            flat.insert(prefix.to_owned(), plain_text(scalar));
        }
    }
}

fn plain_text(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Boolean(truth) => truth.to_string(),
        toml::Value::Float(number) => number.to_string(),
        toml::Value::Datetime(time) => time.to_string(),
        toml::Value::Array(_) | toml::Value::Table(_) => String::new(),
    }
}

/// Declares a setting with a default value.
pub const fn setting(name: &'static str, default: Default, help: &'static str) -> Setting {
    Setting { name, default, help }
}

/// The mode of the process: `development` or `production`.
pub const MODE: Setting = setting("MODE", Default::Unset, "`development` (all-in-one) or `production` (service binaries): strict secrets, no sandbox, no demo data");
/// Where embedded databases, stores, media and generated keys live.
pub const DATA_DIR: Setting = setting("DATA_DIR", Default::Value("./data"), "embedded databases, stores, media, generated keys");
/// The key-value store.
pub const KV_URL: Setting = setting("KV_URL", Default::Value("embedded:"), "key-value store: `embedded:` or `redis://host:6379`");
/// The event bus.
pub const BUS_URL: Setting = setting("BUS_URL", Default::Value("embedded:"), "event bus: `embedded:` or `amqp://user:password@host:5672`");
/// What keys, exchanges and queues begin with.
pub const NAMESPACE: Setting = setting("NAMESPACE", Default::Value("dadashop"), "prefix of keys and queues, so that several shops can share a server");
/// Size of a database pool.
pub const DB_MAX_CONNECTIONS: Setting = setting("DB_MAX_CONNECTIONS", Default::Value("16"), "connections a service keeps for writing; half as many for reading");
/// Worker threads of an HTTP server.
pub const WORKERS: Setting = setting("WORKERS", Default::Unset, "worker threads of each HTTP server; by default one per core");
/// Secret of the users' tokens.
pub const JWT_SECRET: Setting = setting("JWT_SECRET", Default::RequiredSecret, "key of the users' tokens, at least 32 bytes; generated in embedded mode");
/// The secret before the present one.
pub const JWT_PREVIOUS_SECRET: Setting = setting("JWT_PREVIOUS_SECRET", Default::Unset, "the key before, still accepted while tokens signed with it live");
/// Secret of the services' tokens.
pub const INTERNAL_SECRET: Setting = setting("INTERNAL_SECRET", Default::RequiredSecret, "key by which services know each other, at least 32 bytes; generated in embedded mode");
/// The address under which browsers reach the gateway.
pub const PUBLIC_API_URL: Setting = setting("PUBLIC_API_URL", Default::Value("http://127.0.0.1:8000"), "what `base_url` and payment notify addresses are made of");
/// The address under which browsers reach the pages.
pub const PUBLIC_WEB_URL: Setting = setting("PUBLIC_WEB_URL", Default::Value("http://127.0.0.1:7000"), "what links in mails and payment return addresses are made of");
/// Whether rate limits hold.
pub const LIMITS: Setting = setting("LIMITS", Default::Value("on"), "`off` lifts rate limits per address and account, for load tests; never correctness bounds");
/// Which log lines are written.
pub const LOG: Setting = setting("LOG", Default::Value("info"), "log filter, as `info,orders_svc=debug`");
/// How log lines are written.
pub const LOG_FORMAT: Setting = setting("LOG_FORMAT", Default::Unset, "`pretty` (development) or `json` (production)");

/// The settings that every process reads.
pub const COMMON: &[Setting] = &[
    MODE, DATA_DIR, KV_URL, BUS_URL, NAMESPACE, DB_MAX_CONNECTIONS, WORKERS, JWT_SECRET, JWT_PREVIOUS_SECRET, INTERNAL_SECRET,
    PUBLIC_API_URL, PUBLIC_WEB_URL, LIMITS, LOG, LOG_FORMAT,
];

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

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBER: Setting = setting("TEST_NUMBER", Default::Value("7"), "");

    #[test]
    fn a_value_that_cannot_be_read_is_named() {
        let error = Source::of([(NUMBER, "seven")]).parsed::<u32>(NUMBER).unwrap_err();
        assert!(error.to_string().starts_with("DADASHOP_TEST_NUMBER: \"seven\""), "{error}");
    }

    #[test]
    fn the_environment_wins_over_what_the_program_supplies() {
        let mut source = Source::of([(NUMBER, "9")]);
        source.supply(NUMBER, "8");
        assert_eq!(source.parsed::<u32>(NUMBER).unwrap(), 9);
        assert_eq!(Source::default().parsed::<u32>(NUMBER).unwrap(), 7);
    }

    #[test]
    fn tables_of_the_file_stand_for_the_parts_of_a_name() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "log = 'debug'\n[orders]\npay_timeout_seconds = 900\nlist = ['a', 'b']\n").unwrap();
        let flat = read_file(file.path()).unwrap();
        assert_eq!(flat["LOG"], "debug");
        assert_eq!(flat["ORDERS_PAY_TIMEOUT_SECONDS"], "900");
        assert_eq!(flat["ORDERS_LIST"], "a,b");
    }

    #[test]
    fn a_misspelt_name_is_noticed() {
        let source = Source::of([(NUMBER, "1"), (setting("TSET_NUMBER", Default::Unset, ""), "1")]);
        assert_eq!(source.unknown_names(&[NUMBER]).collect::<Vec<_>>(), ["DADASHOP_TSET_NUMBER"]);
    }
}
