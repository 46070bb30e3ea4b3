//! THE mode switch: opens the stores from their URLs. Nothing else may ask whether the shop is embedded.

use std::path::PathBuf;

use sea_orm::DbErr;

use crate::bus::{Bus, BusError};
use crate::contracts::events;
use crate::db::Db;
use crate::kv::{Kv, KvError};
use crate::settings::{self, Default, Mode, Setting, SettingsError, Source};

/// The stores that services of one process share. Cheap to clone.
#[derive(Clone)]
pub struct Backends {
    /// The key-value store.
    pub kv: Kv,
    /// The event bus.
    pub bus: Bus,
}

/// A store that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// A setting is missing or wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The data directory cannot be made or written.
    #[error("cannot use {path} as data directory")]
    DataDir {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The database does not open.
    #[error("cannot open the database of {PREFIX}{setting}")]
    Database {
        /// The setting that names it; its value may hold a password.
        setting: &'static str,
        /// Why not.
        #[source]
        source: DbErr,
    },
    /// The key-value store does not open.
    #[error("cannot open the key-value store of DADASHOP_KV_URL")]
    Kv(#[from] KvError),
    /// The event bus does not open.
    #[error("cannot open the event bus of DADASHOP_BUS_URL")]
    Bus(#[from] BusError),
}

const PREFIX: &str = "DADASHOP_";

impl Backends {
    /// Opens what `DADASHOP_KV_URL` and `DADASHOP_BUS_URL` name.
    pub async fn open(source: &Source) -> Result<Self, BackendError> {
        let data_dir = data_dir(source)?;
        let namespace = source.text(settings::NAMESPACE)?;
        let kv = open_kv(source).await?;
        let bus_url = chosen(source, settings::BUS_URL)?;
        let bus = Box::pin(Bus::open(&bus_url, &namespace, &data_dir, events::ROUTES)).await?;
        Ok(Self { kv, bus })
    }
}

/// A store's URL. Production wants it said, lest replicas keep carts and events each in a file of its own.
fn chosen(source: &Source, setting: Setting) -> Result<String, SettingsError> {
    match Mode::of(source)? {
        Mode::Production if !source.is_set(setting) => Err(SettingsError::Missing(setting.name)),
        Mode::Production | Mode::Development => source
            .text_or_file(setting)?
            .ok_or(SettingsError::Missing(setting.name)),
    }
}

/// Opens what `DADASHOP_KV_URL` names, for a process that needs no bus.
pub async fn open_kv(source: &Source) -> Result<Kv, BackendError> {
    let (url, namespace) = (
        chosen(source, settings::KV_URL)?,
        source.text(settings::NAMESPACE)?,
    );
    // Boxed: the drivers' futures lie within each other deeper than the compiler looks by default.
    Ok(Box::pin(Kv::open(&url, &namespace, &data_dir(source)?)).await?)
}

/// Opens the store of caches: what `DADASHOP_CACHE_URL` names, else `DADASHOP_KV_URL`.
pub async fn open_cache(source: &Source) -> Result<Kv, BackendError> {
    let url = match source.text_or_file(settings::CACHE_URL)? {
        Some(url) => url,
        None => chosen(source, settings::KV_URL)?,
    };
    let namespace = source.text(settings::NAMESPACE)?;
    Ok(Kv::open_cache(&url, &namespace, &data_dir(source)?).await?)
}

/// Opens a service's own database: what `setting` names, else the SQLite file `<service>.db` in the data directory.
pub async fn open_db(source: &Source, setting: Setting, service: &str) -> Result<Db, BackendError> {
    let url = match source.text_or_file(setting)? {
        Some(url) => url,
        None if Mode::of(source)? == Mode::Production => {
            return Err(SettingsError::Missing(setting.name).into());
        }
        None => format!(
            "sqlite:{}",
            data_dir(source)?.join(format!("{service}.db")).display()
        ),
    };
    let max_connections = source.parsed(settings::DB_MAX_CONNECTIONS)?;
    Db::open(&url, max_connections)
        .await
        .map_err(|source| BackendError::Database {
            setting: setting.name,
            source,
        })
}

/// The setting that names a service's database.
pub const fn database_url(name: &'static str) -> Setting {
    settings::setting(
        name,
        Default::Unset,
        "`mysql://user:password@host:3306/database`, or in the file that the same name with `_FILE` names; by default \
         an SQLite file in the data directory",
    )
}

/// The data directory, made when missing.
pub fn data_dir(source: &Source) -> Result<PathBuf, BackendError> {
    let path = PathBuf::from(source.text(settings::DATA_DIR)?);
    std::fs::create_dir_all(&path).map_err(|source| BackendError::DataDir {
        path: path.clone(),
        source,
    })?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::MODE;

    #[tokio::test]
    async fn production_does_not_open_stores_that_nobody_chose() {
        let dir = tempfile::tempdir().unwrap();
        let source = Source::of([
            (MODE, "production"),
            (settings::DATA_DIR, dir.path().to_str().unwrap()),
        ]);
        let Err(error) = Backends::open(&source).await else {
            panic!("opened a store");
        };
        assert_eq!(error.to_string(), "DADASHOP_KV_URL is not set");
        let error = open_db(&source, database_url("ORDERS_DATABASE_URL"), "orders")
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), "DADASHOP_ORDERS_DATABASE_URL is not set");
    }

    #[tokio::test]
    async fn a_mode_that_is_none_is_named() {
        let error = Mode::of(&Source::of([(MODE, "prod")])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "DADASHOP_MODE: \"prod\" is neither development nor production"
        );
    }
}
