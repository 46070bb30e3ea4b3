//! Observers of the bus: each hears every event of its topics from when it begins.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::bus::Heard;
use common::task::Tasks;

use crate::bus::message;
use crate::stand::{BusKind, BusStand, eventually};

const SOON: Duration = Duration::from_secs(15);
const TOPICS: &[&str] = &["thing.made", "thing.seen"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_observer_hears_every_event_embedded() {
    let stand = BusStand::open(BusKind::Embedded).await.unwrap();
    every_observer_hears_every_event(&stand).await;
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_observer_hears_every_event_rabbit() {
    let Some(stand) = BusStand::open(BusKind::Rabbit).await else {
        return;
    };
    every_observer_hears_every_event(&stand).await;
    stand.close().await;
}

type News = Arc<Mutex<Vec<Heard>>>;

fn observe(stand: &BusStand, tasks: &Tasks) -> News {
    let (bus, news) = (stand.bus.clone(), News::default());
    let noted = news.clone();
    tasks.supervise("test observer", move |stop, heartbeat| {
        let (bus, noted) = (bus.clone(), noted.clone());
        async move {
            let hear = |heard| {
                noted.lock().unwrap().push(heard);
                async {}
            };
            bus.observe(TOPICS, stop, heartbeat, hear).await
        }
    });
    news
}

/// One topic also has queues, one nobody but observers, and one no observer.
async fn every_observer_hears_every_event(stand: &BusStand) {
    let gone = Tasks::default();
    let (one, two, left) = (
        observe(stand, &stand.tasks),
        observe(stand, &stand.tasks),
        observe(stand, &gone),
    );
    eventually("observers", SOON, async || {
        [&one, &two, &left]
            .iter()
            .all(|news| news.lock().unwrap().len() == 1)
    })
    .await;
    assert!(gone.stop_and_wait(SOON).await);

    let events = ["thing.made", "thing.sold", "thing.seen"].map(message);
    for outcome in stand.bus.publish(&events).await {
        outcome.unwrap();
    }
    let [made, _, seen] = events;
    let expected = vec![Heard::Anew, Heard::Event(made), Heard::Event(seen)];
    for news in [one, two] {
        eventually("news", SOON, async || news.lock().unwrap().len() == 3).await;
        assert_eq!(*news.lock().unwrap(), expected);
    }
    assert_eq!(stand.bus.depth("things").await.unwrap(), 1);
    assert_eq!(*left.lock().unwrap(), [Heard::Anew]);
}
