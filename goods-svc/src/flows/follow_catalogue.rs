//! Keeping the search index true: it is read whole at the start, then what changes is read again, and now and then all.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use common::contracts::ids::SkuId;
use common::task::Heartbeat;

use crate::domain::search::SearchDoc;
use crate::error::GoodsError;
use crate::search::Index;
use crate::state::AppState;
use crate::store::search_docs;

/// SKUs read in one go.
const PART: u64 = 1000;
/// So many changes at once, and all is read again.
const MOST_CHANGES: u64 = 20_000;
/// How far back each look goes: a transaction commits some time after it has stamped its rows, and replicas' clocks
/// differ a little.
const LOOK_BACK: TimeDelta = TimeDelta::seconds(15);

/// Where a follower stands.
pub(crate) struct Follower {
    looked_at: DateTime<Utc>,
    /// What was stamped before is not looked at again.
    floor: DateTime<Utc>,
    /// The stamps that were seen in the time that each look goes back.
    seen: HashMap<i64, DateTime<Utc>>,
}

impl Follower {
    /// Everything was just read because of many changes: they are not to be looked at one by one.
    pub(crate) fn skip_to_build(&mut self) {
        self.floor = self.looked_at;
    }
}

/// Reads everything and puts the new index in place.
pub(crate) async fn build(state: &AppState, heartbeat: &Heartbeat) -> Result<Follower, GoodsError> {
    let looked_at = state.clock.now();
    let mut index = Index::default();
    let mut after = SkuId(i64::MIN);
    loop {
        heartbeat.beat();
        let (docs, last) = search_docs::part(state.db.reader(), after, PART).await?;
        let Some(last) = last else { break };
        after = last;
        index = put_all(index, docs).await;
    }
    tracing::info!("search index built: {} skus", index.len());
    state.search.replace(index);
    Ok(Follower {
        looked_at,
        floor: looked_at - LOOK_BACK,
        seen: HashMap::new(),
    })
}

/// Cutting text into terms is computing, which keeps this thread from others' waiting if done here.
async fn put_all(mut index: Index, docs: Vec<SearchDoc>) -> Index {
    let putting = tokio::task::spawn_blocking(move || {
        for doc in docs {
            index.put(doc);
        }
        index
    });
    match putting.await {
        Ok(index) => index,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

/// Reads again what has changed since the last look. False when so much has that all must be read.
pub(crate) async fn follow(state: &AppState, follower: &mut Follower) -> Result<bool, GoodsError> {
    let now = state.clock.now();
    let since = (follower.looked_at - LOOK_BACK).max(follower.floor);
    let changes = search_docs::changes(state.db.reader(), since, MOST_CHANGES).await?;
    if changes.len() as u64 >= MOST_CHANGES || state.search.is_untidy() {
        return Ok(false);
    }
    follower.seen.retain(|_, at| *at >= since);
    let mut ids = Vec::new();
    for change in changes {
        let seen = follower.seen.entry(change.id).or_default();
        if *seen < change.at {
            *seen = change.at;
            ids.push(SkuId(change.id));
        }
    }
    ids.sort_unstable();
    ids.dedup();
    for some in ids.chunks(PART as usize) {
        let docs = search_docs::of(state.db.reader(), some).await?;
        let is_there = |id: &&SkuId| docs.iter().any(|doc| doc.sku_id == **id);
        let gone: Vec<SkuId> = some.iter().filter(|id| !is_there(id)).copied().collect();
        state.search.apply(docs, &gone);
    }
    follower.looked_at = now;
    Ok(true)
}
