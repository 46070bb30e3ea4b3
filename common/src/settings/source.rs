//! Where values come from: layers of defaults, file and environment, and how they are read.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};

use super::{Default, PREFIX, Setting, SettingsError, invalid};

/// Read when `DADASHOP_CONFIG` names no other file.
const DEFAULT_FILE: &str = "dadashop.toml";

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
        Ok(Self {
            supplied: BTreeMap::new(),
            file,
            environment,
        })
    }

    /// A source of these pairs alone, for tests.
    pub fn of<const N: usize>(pairs: [(Setting, &str); N]) -> Self {
        let environment = pairs
            .into_iter()
            .map(|(setting, value)| (setting.name.to_owned(), value.to_owned()))
            .collect();
        Self {
            environment,
            ..Self::default()
        }
    }

    /// Supplies a value that the file and the environment may override.
    pub fn supply(&mut self, setting: Setting, value: impl Into<String>) {
        self.supplied.insert(setting.name.to_owned(), value.into());
    }

    /// Whether the file or the environment sets it, or names a file that holds it.
    pub fn is_set(&self, setting: Setting) -> bool {
        let in_file = format!("{}_FILE", setting.name);
        [&self.environment, &self.file]
            .into_iter()
            .any(|layer| layer.contains_key(setting.name) || layer.contains_key(&in_file))
    }

    /// The value, if anybody set one or it has a default.
    pub fn optional(&self, setting: Setting) -> Option<String> {
        let layers = [&self.environment, &self.file, &self.supplied];
        let set = layers
            .into_iter()
            .find_map(|layer| layer.get(setting.name))
            .filter(|value| !value.is_empty());
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
        text.parse()
            .map_err(|error| invalid(setting, format!("{text:?} cannot be read: {error}")))
    }

    /// The comma-separated values, at least one.
    pub fn list(&self, setting: Setting) -> Result<Vec<String>, SettingsError> {
        let text = self.text(setting)?;
        let items: Vec<String> = text
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(str::to_owned)
            .collect();
        if items.is_empty() {
            Err(invalid(setting, "the list is empty".into()))
        } else {
            Ok(items)
        }
    }

    /// A secret: the value itself, or the content of the file that `…_FILE` names.
    pub fn secret(&self, setting: Setting) -> Result<SecretString, SettingsError> {
        self.optional_secret(setting)?
            .ok_or(SettingsError::Missing(setting.name))
    }

    /// A secret that may be absent.
    pub fn optional_secret(&self, setting: Setting) -> Result<Option<SecretString>, SettingsError> {
        let file_name = format!("{}_FILE", setting.name);
        let path = [&self.environment, &self.file]
            .into_iter()
            .find_map(|layer| layer.get(&file_name));
        let Some(path) = path else {
            return Ok(self.optional(setting).map(SecretString::from));
        };
        let path = PathBuf::from(path);
        let text = std::fs::read_to_string(&path).map_err(|source| SettingsError::File { path, source })?;
        Ok(Some(SecretString::from(text.trim().to_owned())))
    }

    /// The value, or the content of the file that `…_FILE` names: for addresses that may hold a password.
    pub fn text_or_file(&self, setting: Setting) -> Result<Option<String>, SettingsError> {
        let secret = self.optional_secret(setting)?;
        Ok(secret.map(|address| address.expose_secret().to_owned()))
    }

    /// Names under our prefix that no setting of `known` bears: most likely misspelt.
    pub fn unknown_names<'a>(&'a self, known: &'a [Setting]) -> impl Iterator<Item = String> + 'a {
        let is_known = |name: &str| {
            let bare = name.strip_suffix("_FILE").unwrap_or(name);
            name == "CONFIG"
                || name == "CRASH"
                || known
                    .iter()
                    .any(|setting| setting.name == name || setting.name == bare)
        };
        let names = self.environment.keys().chain(self.file.keys());
        names
            .filter(move |name| !is_known(name))
            .map(|name| format!("{PREFIX}{name}"))
    }
}

fn read_file(path: &Path) -> Result<BTreeMap<String, String>, SettingsError> {
    let path_buf = || path.to_path_buf();
    let text = std::fs::read_to_string(path).map_err(|source| SettingsError::File {
        path: path_buf(),
        source,
    })?;
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| SettingsError::Syntax {
            path: path_buf(),
            reason: error.to_string(),
        })?;
    let mut flat = BTreeMap::new();
    flatten("", &toml::Value::Table(table), &mut flat);
    Ok(flat)
}

fn flatten(prefix: &str, value: &toml::Value, flat: &mut BTreeMap<String, String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                let name = if prefix.is_empty() {
                    key.to_uppercase()
                } else {
                    format!("{prefix}_{}", key.to_uppercase())
                };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::setting;

    const NUMBER: Setting = setting("TEST_NUMBER", Default::Value("7"), "");

    #[test]
    fn a_value_that_cannot_be_read_is_named() {
        let error = Source::of([(NUMBER, "seven")]).parsed::<u32>(NUMBER).unwrap_err();
        assert!(
            error.to_string().starts_with("DADASHOP_TEST_NUMBER: \"seven\""),
            "{error}"
        );
    }

    #[test]
    fn the_environment_wins_over_what_the_program_supplies() {
        let mut source = Source::of([(NUMBER, "9")]);
        source.supply(NUMBER, "8");
        assert_eq!(source.parsed::<u32>(NUMBER).unwrap(), 9);
        assert_eq!(Source::default().parsed::<u32>(NUMBER).unwrap(), 7);
    }

    #[test]
    fn an_address_with_a_password_may_be_kept_in_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "redis://shop:password@redis:6379\n").unwrap();
        let path = file.path().display().to_string();
        let source = Source::of([(setting("TEST_URL_FILE", Default::Unset, ""), &path)]);
        let url = setting("TEST_URL", Default::Value("embedded:"), "");
        assert!(source.is_set(url));
        assert_eq!(
            source.text_or_file(url).unwrap().as_deref(),
            Some("redis://shop:password@redis:6379")
        );
        assert_eq!(
            Source::default().text_or_file(url).unwrap().as_deref(),
            Some("embedded:")
        );
    }

    #[test]
    fn tables_of_the_file_stand_for_the_parts_of_a_name() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(
            file.path(),
            "log = 'debug'\n[orders]\npay_timeout_seconds = 900\nlist = ['a', 'b']\n",
        )
        .unwrap();
        let flat = read_file(file.path()).unwrap();
        assert_eq!(flat["LOG"], "debug");
        assert_eq!(flat["ORDERS_PAY_TIMEOUT_SECONDS"], "900");
        assert_eq!(flat["ORDERS_LIST"], "a,b");
    }

    #[test]
    fn a_misspelt_name_is_noticed() {
        let source = Source::of([(NUMBER, "1"), (setting("TSET_NUMBER", Default::Unset, ""), "1")]);
        assert_eq!(
            source.unknown_names(&[NUMBER]).collect::<Vec<_>>(),
            ["DADASHOP_TSET_NUMBER"]
        );
    }
}
