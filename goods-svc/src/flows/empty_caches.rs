//! Emptying caches by hand, and showing what is in them: for operators, and after a catalogue was loaded.

use common::cache::{Cache, Entry, Family};
use common::kv::{Kv, KvError};
use common::task::Tasks;

use crate::cache::ALL;

/// Most values that are shown of a cache.
const SHOWN: usize = 1000;

/// There is no cache of this name.
#[derive(Debug, thiserror::Error)]
#[error("no cache is called {0:?}: there are index, detail, catalog and selection")]
pub(crate) struct NoSuchCache(String);

/// The cache of this name; all of them without one.
pub(crate) fn named(name: Option<&str>) -> Result<Vec<Family>, NoSuchCache> {
    let Some(name) = name else {
        return Ok(ALL.to_vec());
    };
    match ALL.into_iter().find(|family| family.name == name) {
        Some(family) => Ok(vec![family]),
        None => Err(NoSuchCache(name.to_owned())),
    }
}

/// Deletes every value of these caches from the store that replicas share; what they hold by themselves ends within
/// two seconds. Answers how many there were.
pub(crate) async fn empty_caches(kv: Kv, families: &[Family]) -> Result<usize, KvError> {
    let cache = Cache::new(kv, &Tasks::default());
    let mut emptied = 0;
    for family in families {
        emptied += cache.clear(*family).await?;
    }
    Ok(emptied)
}

/// What the shared store holds of these caches.
pub(crate) async fn show_caches(
    kv: Kv,
    families: &[Family],
) -> Result<Vec<(&'static str, Vec<Entry>)>, KvError> {
    let cache = Cache::new(kv, &Tasks::default());
    let mut shown = Vec::new();
    for family in families {
        shown.push((family.name, cache.entries(*family, SHOWN).await?));
    }
    Ok(shown)
}
