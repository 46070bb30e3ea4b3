//! Loading a fixture: everything in it, or nothing (contract §5).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use common::clock::Clock;
use common::contracts::events::goods::SkuChanged;
use common::db::{Db, WriteTxn, begin_write};
use common::outbox;
use sea_orm::DbErr;

use crate::domain::fixture::{Fixture, FixtureError, Model};
use crate::store::fixture;

/// Why nothing was loaded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    #[error(transparent)]
    Fixture(#[from] FixtureError),
    #[error("the database refused the rows")]
    Database(#[from] DbErr),
}

/// What was loaded: one line for whoever asked for it.
#[derive(Debug)]
pub(crate) struct Loaded {
    rows: Vec<(Model, usize)>,
    skipped: BTreeMap<String, usize>,
}

/// Rows written so far, of how many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    /// So far.
    pub(crate) done: usize,
    /// In the fixture.
    pub(crate) total: usize,
}

/// Saves every row of the fixture by its primary key, in one transaction; tells `report` how far it has come.
pub(crate) async fn load_fixture(
    db: &Db,
    clock: &Clock,
    text: &str,
    mut report: impl FnMut(Progress) + Send,
) -> Result<Loaded, LoadError> {
    let fixture = Fixture::parse(text)?;
    let (mut done, total) = (0, Model::ALL.into_iter().map(|model| fixture.count(model)).sum());
    let mut count = |rows| {
        done += rows;
        report(Progress { done, total });
    };
    let txn = begin_write(db).await?;
    require_parents(&txn, &fixture).await?;
    fixture::upsert(&txn, &fixture, clock.now(), &mut count).await?;
    let everything = SkuChanged {
        everything: true,
        ..SkuChanged::default()
    };
    outbox::add(&txn, clock.now(), &everything).await?;
    txn.commit().await?;
    let counts = Model::ALL.into_iter().map(|model| (model, fixture.count(model)));
    let rows = counts.filter(|(_, count)| *count > 0).collect();
    Ok(Loaded {
        rows,
        skipped: fixture.skipped,
    })
}

/// Looks for the parents that the fixture does not bring, because the database would not say which row is wrong.
pub(crate) async fn require_parents(txn: &WriteTxn, fixture: &Fixture) -> Result<(), LoadError> {
    let mut wanted: BTreeMap<Model, BTreeSet<i64>> = BTreeMap::new();
    for reference in fixture.outside_references() {
        wanted
            .entry(reference.parent)
            .or_default()
            .insert(reference.parent_pk);
    }
    let mut existing: BTreeMap<Model, BTreeSet<i64>> = BTreeMap::new();
    for (model, pks) in &wanted {
        existing.insert(*model, fixture::existing(txn, *model, pks).await?);
    }
    let is_missing = |model, pk| existing.get(&model).is_none_or(|pks| !pks.contains(&pk));
    let missing = fixture
        .outside_references()
        .find(|reference| is_missing(reference.parent, reference.parent_pk));
    match missing {
        Some(reference) => Err(FixtureError::NoParent(reference).into()),
        None => Ok(()),
    }
}

impl fmt::Display for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total: usize = self.rows.iter().map(|(_, count)| count).sum();
        write!(f, "{total} rows loaded")?;
        list(f, ": ", &self.rows)?;
        let skipped: Vec<_> = self.skipped.iter().map(|(name, count)| (name, *count)).collect();
        if !skipped.is_empty() {
            let total: usize = self.skipped.values().sum();
            write!(f, "; {total} rows of unknown models skipped")?;
            list(f, ": ", &skipped)?;
        }
        Ok(())
    }
}

fn list<N: fmt::Display>(f: &mut fmt::Formatter<'_>, mut before: &str, counts: &[(N, usize)]) -> fmt::Result {
    for (name, count) in counts {
        write!(f, "{before}{name} {count}")?;
        before = ", ";
    }
    Ok(())
}
