//! The audit: whether the books of a shop keep its promises (docs: ARCHITECTURE.md, "Promises").
//!
//! Each promise is one function from what the databases hold to a list of sentences that say where it is broken.
//! While work is under way some are; [`settle`] waits for the moment when none is.

mod books;
mod promises;
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use common::bus::Bus;
use common::contracts::events::ROUTES;

use crate::deployment::Deployment;
use crate::shop::Shop;
use crate::stores::OWNERS;

use books::Snapshot;
use rows::{Reader, query};

pub use books::{Books, Shelf};

/// Events that failed come again after 5 and 30 seconds, and a dead relay's lease lasts 30.
const SETTLE_LIMIT: Duration = Duration::from_secs(120);
/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(250);
/// Every so many looks the sandbox repeats the notifies that failed.
const LOOKS_PER_HURRY: u32 = 8;

/// Waits until no event is on its way and every promise holds; fails the test with what is broken after a while.
pub async fn settle(shop: &Shop) {
    let auditor = Auditor::open(shop).await;
    let deadline = Instant::now() + SETTLE_LIMIT;
    let mut looks = 0;
    loop {
        let findings = auditor.findings(&shop.origin).await;
        if findings.is_empty() {
            break;
        }
        let report = findings.join("\n  ");
        assert!(Instant::now() < deadline, "the books do not settle:\n  {report}");
        looks += 1;
        if looks % LOOKS_PER_HURRY == 0 {
            shop.sandbox.hurry().await;
        }
        tokio::time::sleep(PAUSE).await;
    }
    auditor.close().await;
}

/// The orders that are paid, whatever became of them since.
pub async fn paid_orders(shop: &Shop) -> BTreeSet<String> {
    let orders = Reader::open(&shop.stores, "orders").await;
    let sql = "SELECT order_id FROM orders_order_info WHERE status IN (2, 3, 4)";
    let rows = query(&orders, sql).await;
    orders.close().await;
    rows.iter().map(|row| row.text("order_id")).collect()
}

struct Auditor {
    databases: BTreeMap<&'static str, Reader>,
    events: Events,
}

/// Where events that are on their way can be seen.
enum Events {
    /// At the bus.
    Bus(Bus),
    /// In the list of queues that the probe of a deployment prints.
    Probed(Deployment),
}

impl Auditor {
    async fn open(shop: &Shop) -> Self {
        let mut databases = BTreeMap::new();
        for owner in OWNERS {
            databases.insert(owner, Reader::open(&shop.stores, owner).await);
        }
        let events = match &shop.stores.deployment {
            Some(deployment) => Events::Probed(deployment.clone()),
            None => Events::Bus(shop.stores.open_bus(&shop.data_dir).await),
        };
        Self { databases, events }
    }

    async fn close(self) {
        for db in self.databases.into_values() {
            db.close().await;
        }
    }

    /// Everything that is not as it should be when nothing is under way.
    async fn findings(&self, origin: &Books) -> Vec<String> {
        // The way events go, so that one on its way is seen before or behind, not missed.
        let mut findings = self.unsent().await;
        findings.extend(match &self.events {
            Events::Bus(bus) => undelivered(bus).await,
            Events::Probed(deployment) => waiting(deployment).await,
        });
        let snapshot = Snapshot::read(&self.databases).await;
        findings.extend(promises::check(&snapshot, origin));
        findings
    }

    async fn unsent(&self) -> Vec<String> {
        let mut findings = Vec::new();
        for (owner, db) in &self.databases {
            let sql = "SELECT topic, event_key FROM outbox WHERE published_at IS NULL";
            for row in query(db, sql).await {
                let (topic, key) = (row.text("topic"), row.text("event_key"));
                findings.push(format!("{owner} has not published {topic} of {key}"));
            }
        }
        findings
    }
}

async fn undelivered(bus: &Bus) -> Vec<String> {
    let mut queues: Vec<&str> = ROUTES.iter().map(|route| route.queue).collect();
    queues.sort_unstable();
    queues.dedup();
    let mut findings = Vec::new();
    for queue in queues {
        match (bus.depth(queue).await, bus.parked(queue).await) {
            (Ok(0), Ok(parked)) if parked.is_empty() => {}
            (Ok(0), Ok(parked)) => findings.push(format!("queue {queue} has parked {parked:?}")),
            (Ok(depth), Ok(_)) => findings.push(format!("{depth} events wait in queue {queue}")),
            (depth, parked) => findings.push(format!("queue {queue}: {depth:?}, {parked:?}")),
        }
    }
    findings
}

async fn waiting(deployment: &Deployment) -> Vec<String> {
    let queues = deployment.queues().await;
    let filled = queues.into_iter().filter(|(_, messages)| *messages > 0);
    filled
        .map(|(name, messages)| format!("{messages} events wait in {name}"))
        .collect()
}
