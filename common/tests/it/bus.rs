//! The event bus: both kinds keep the same promises.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::SubsecRound;
use common::bus::{Bus, BusError, HandleError, Message, Route};
use uuid::Uuid;

use crate::stand::{BusKind, BusStand, RABBIT_URL, ROUTES, eventually};

const SOON: Duration = Duration::from_secs(15);

/// How often each event was handled.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<HashMap<Uuid, u32>>>);

impl Seen {
    /// Counts the event; answers how often it came.
    fn note(&self, message: &Message) -> u32 {
        let mut seen = self.0.lock().unwrap();
        let count = seen.entry(message.id).or_default();
        *count += 1;
        *count
    }

    fn count(&self, id: Uuid) -> u32 {
        self.0.lock().unwrap().get(&id).copied().unwrap_or(0)
    }

    fn events(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

pub fn message(topic: &str) -> Message {
    Message {
        id: common::ids::fresh(),
        topic: topic.to_owned(),
        version: 1,
        key: "7".to_owned(),
        occurred_at: chrono::Utc::now().trunc_subsecs(6),
        trace: Some(common::trace::fresh()),
        data: serde_json::json!({"name": "茶杯", "fen": 9_007_199_254_740_993_i64}),
    }
}

async fn publish(bus: &Bus, messages: &[Message]) {
    for outcome in bus.publish(messages).await {
        outcome.unwrap();
    }
}

/// Runs a consumer under supervision, as services do.
fn consume<F, Fut>(stand: &BusStand, queue: &'static str, handle: F)
where
    F: Fn(Message) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<(), HandleError>> + Send + 'static,
{
    let bus = stand.bus.clone();
    stand.tasks.supervise("test consumer", move |stop, heartbeat| {
        let (bus, handle) = (bus.clone(), handle.clone());
        async move { bus.consume(queue, 4, stop, heartbeat, handle).await }
    });
}

async fn wait_for_parked(bus: &Bus, queue: &str, count: usize) {
    eventually("parked", SOON, async || {
        bus.parked(queue).await.unwrap().len() == count
    })
    .await;
}

async fn wait_for_empty(bus: &Bus, queue: &str) {
    eventually("queue empty", SOON, async || bus.depth(queue).await.unwrap() == 0).await;
}

/// Each case runs once on either bus; the test's name ends in the bus's.
macro_rules! on_both_buses {
    ($($name:ident)*) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let stand = super::BusStand::open(super::BusKind::Embedded).await.unwrap();
                super::$name(&stand).await;
                stand.close().await;
            })*
        }
        mod rabbit {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let Some(stand) = super::BusStand::open(super::BusKind::Rabbit).await else {
                    return;
                };
                super::$name(&stand).await;
                stand.close().await;
            })*
        }
    };
}

on_both_buses! {
    an_event_reaches_every_queue_of_its_topic_once_and_unchanged
    an_event_published_before_its_consumer_ever_started_arrives
    a_handler_that_fails_twice_gets_the_event_a_third_time
    an_event_that_always_fails_is_parked_with_its_error_and_can_be_replayed
    a_body_that_is_no_event_is_parked_and_holds_up_nobody
    a_handler_that_panics_or_gives_up_loses_nothing
    two_consumers_share_a_queue
    an_event_that_nobody_wants_is_published_all_the_same
    a_handler_runs_inside_the_trace_of_its_event
    a_queue_that_is_not_routed_is_refused
    the_bus_answers_a_ping
}

async fn an_event_reaches_every_queue_of_its_topic_once_and_unchanged(stand: &BusStand) {
    let (sent, received) = (message("thing.made"), Arc::new(Mutex::new(Vec::new())));
    for queue in ["things", "things.mail"] {
        let received = received.clone();
        consume(stand, queue, move |message| {
            received.lock().unwrap().push(message);
            async { Ok(()) }
        });
    }
    publish(&stand.bus, std::slice::from_ref(&sent)).await;
    eventually("both queues", SOON, async || received.lock().unwrap().len() == 2).await;
    wait_for_empty(&stand.bus, "things").await;
    assert_eq!(*received.lock().unwrap(), [sent.clone(), sent]);
}

async fn an_event_published_before_its_consumer_ever_started_arrives(stand: &BusStand) {
    let (sent, seen) = (message("thing.sold"), Seen::default());
    publish(&stand.bus, std::slice::from_ref(&sent)).await;
    eventually("event waits", SOON, async || {
        stand.bus.depth("sales").await.unwrap() == 1
    })
    .await;
    let noted = seen.clone();
    consume(stand, "sales", move |message| {
        noted.note(&message);
        async { Ok(()) }
    });
    eventually("event handled", SOON, async || seen.count(sent.id) == 1).await;
}

async fn a_handler_that_fails_twice_gets_the_event_a_third_time(stand: &BusStand) {
    let (sent, seen) = (message("thing.sold"), Seen::default());
    let noted = seen.clone();
    consume(stand, "sales", move |message| {
        let attempt = noted.note(&message);
        async move {
            if attempt < 3 {
                return Err(std::io::Error::other("not yet").into());
            }
            Ok(())
        }
    });
    publish(&stand.bus, std::slice::from_ref(&sent)).await;
    eventually("third attempt", SOON, async || seen.count(sent.id) == 3).await;
    wait_for_empty(&stand.bus, "sales").await;
    assert_eq!(seen.count(sent.id), 3);
    assert!(stand.bus.parked("sales").await.unwrap().is_empty());
}

async fn an_event_that_always_fails_is_parked_with_its_error_and_can_be_replayed(stand: &BusStand) {
    let (sent, seen) = (message("thing.sold"), Seen::default());
    let is_mended = Arc::new(Mutex::new(false));
    let (noted, mended) = (seen.clone(), is_mended.clone());
    consume(stand, "sales", move |message| {
        noted.note(&message);
        let is_mended = *mended.lock().unwrap();
        async move {
            if is_mended {
                return Ok(());
            }
            Err(std::io::Error::other("stock room closed").into())
        }
    });
    publish(&stand.bus, std::slice::from_ref(&sent)).await;
    wait_for_parked(&stand.bus, "sales", 1).await;
    let parked = stand.bus.parked("sales").await.unwrap().remove(0);
    assert_eq!((parked.event_id, parked.attempts), (Some(sent.id), 4));
    assert_eq!(parked.error, "stock room closed");
    assert_eq!(seen.count(sent.id), 4);

    *is_mended.lock().unwrap() = true;
    assert_eq!(stand.bus.replay_parked("sales").await.unwrap(), 1);
    eventually("replayed event", SOON, async || seen.count(sent.id) == 5).await;
    wait_for_parked(&stand.bus, "sales", 0).await;
    wait_for_empty(&stand.bus, "sales").await;
}

async fn a_body_that_is_no_event_is_parked_and_holds_up_nobody(stand: &BusStand) {
    let (sent, seen) = (message("thing.sold"), Seen::default());
    let noted = seen.clone();
    consume(stand, "sales", move |message| {
        noted.note(&message);
        async { Ok(()) }
    });
    let too_long = vec![b' '; 2 * 1024 * 1024];
    let bodies: [&[u8]; 5] = [b"", b"\xff\xfe", b"{\"id\":1}", b"[]", &too_long];
    for body in bodies {
        stand.bus.inject("sales", body).await.unwrap();
    }
    publish(&stand.bus, std::slice::from_ref(&sent)).await;
    eventually("healthy event", SOON, async || seen.count(sent.id) == 1).await;
    wait_for_parked(&stand.bus, "sales", bodies.len()).await;
    for parked in stand.bus.parked("sales").await.unwrap() {
        assert_eq!((parked.event_id, parked.attempts), (None, 1), "{parked:?}");
        assert!(parked.error.starts_with("body "), "{parked:?}");
    }
}

async fn a_handler_that_panics_or_gives_up_loses_nothing(stand: &BusStand) {
    let (panics, gives_up) = (message("thing.made"), message("thing.made"));
    let (seen, panicking) = (Seen::default(), panics.id);
    let noted = seen.clone();
    consume(stand, "things", move |message| {
        let attempt = noted.note(&message);
        async move {
            if message.id != panicking {
                return Err(HandleError::park("unknown kind of thing"));
            }
            assert!(attempt > 1, "first attempt");
            Ok(())
        }
    });
    publish(&stand.bus, &[panics.clone(), gives_up.clone()]).await;
    eventually("second attempt", SOON, async || seen.count(panics.id) == 2).await;
    wait_for_parked(&stand.bus, "things", 1).await;
    let parked = stand.bus.parked("things").await.unwrap().remove(0);
    assert_eq!((parked.event_id, parked.attempts), (Some(gives_up.id), 1));
    assert_eq!(parked.error, "unknown kind of thing");
}

async fn two_consumers_share_a_queue(stand: &BusStand) {
    let seen = Seen::default();
    let turns = [Seen::default(), Seen::default()];
    for turn in &turns {
        let (seen, turn) = (seen.clone(), turn.clone());
        consume(stand, "sales", move |message| {
            seen.note(&message);
            turn.note(&message);
            // Long enough that one consumer cannot have done it all before the other woke.
            async {
                tokio::time::sleep(Duration::from_millis(5)).await;
                Ok(())
            }
        });
    }
    let sent: Vec<Message> = (0..200).map(|_| message("thing.sold")).collect();
    for batch in sent.chunks(50) {
        publish(&stand.bus, batch).await;
    }
    eventually("all events", SOON, async || seen.events() == sent.len()).await;
    wait_for_empty(&stand.bus, "sales").await;
    assert!(sent.iter().all(|message| seen.count(message.id) == 1));
    assert!(turns.iter().all(|turn| turn.events() > 0));
}

async fn an_event_that_nobody_wants_is_published_all_the_same(stand: &BusStand) {
    let (wanted, unwanted, seen) = (message("thing.sold"), message("thing.forgotten"), Seen::default());
    let noted = seen.clone();
    consume(stand, "sales", move |message| {
        noted.note(&message);
        async { Ok(()) }
    });
    publish(&stand.bus, &[unwanted, wanted.clone()]).await;
    eventually("wanted event", SOON, async || seen.count(wanted.id) == 1).await;
}

async fn a_handler_runs_inside_the_trace_of_its_event(stand: &BusStand) {
    let (sent, inside) = (message("thing.sold"), Arc::new(Mutex::new(None)));
    let noted = inside.clone();
    consume(stand, "sales", move |_| {
        let noted = noted.clone();
        async move {
            *noted.lock().unwrap() = common::trace::current();
            Ok(())
        }
    });
    publish(&stand.bus, std::slice::from_ref(&sent)).await;
    eventually("event", SOON, async || inside.lock().unwrap().is_some()).await;
    let inside = inside.lock().unwrap().clone().unwrap();
    assert_eq!(inside[..36], sent.trace.unwrap()[..36]);
}

async fn a_queue_that_is_not_routed_is_refused(stand: &BusStand) {
    let outcome = stand.bus.depth("nowhere").await;
    assert!(matches!(outcome, Err(BusError::UnknownQueue(_))), "{outcome:?}");
}

async fn the_bus_answers_a_ping(stand: &BusStand) {
    stand.bus.ping().await.unwrap();
}

#[tokio::test]
async fn undelivered_events_survive_the_end_of_the_process_on_the_embedded_bus() {
    let data_dir = tempfile::tempdir().unwrap();
    let open = async || {
        Bus::open("embedded:", "any", data_dir.path(), ROUTES)
            .await
            .unwrap()
    };
    let bus = open().await;
    publish(&bus, &[message("thing.sold")]).await;
    drop(bus);
    assert_eq!(open().await.depth("sales").await.unwrap(), 1);
}

#[tokio::test]
async fn services_of_one_process_share_the_embedded_bus() {
    let data_dir = tempfile::tempdir().unwrap();
    let open = async || {
        Bus::open("embedded:", "any", data_dir.path(), ROUTES)
            .await
            .unwrap()
    };
    let (Bus::Embedded(first), Bus::Embedded(second)) = (open().await, open().await) else {
        panic!("not embedded");
    };
    assert!(first.is_same(&second));
}

/// What the stand's routes call a parking place, these call a queue.
static CLASHING_ROUTES: &[Route] = &[Route {
    topic: "thing.made",
    queue: "things.parked",
}];

#[tokio::test]
async fn a_queue_with_other_settings_is_named_at_start() {
    let Some(stand) = BusStand::open(BusKind::Rabbit).await else {
        return;
    };
    let (namespace, no_dir) = (stand.namespace.clone(), std::path::Path::new(""));
    let open = async || Bus::open(RABBIT_URL, &namespace, no_dir, CLASHING_ROUTES).await;
    let outcome = open().await;
    let Err(BusError::QueueMismatch { queue, .. }) = &outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(*queue, format!("{namespace}.q.things.parked"));

    stand.close().await;
    let mended = open().await.unwrap();
    mended.delete_topology().await.unwrap();
}

#[tokio::test]
async fn a_broker_that_refuses_us_is_an_error_and_one_that_is_down_is_not() {
    let data_dir = tempfile::tempdir().unwrap();
    let open = async |url: &str| Bus::open(url, "any", data_dir.path(), ROUTES).await;
    assert!(matches!(open("http://127.0.0.1").await, Err(BusError::Url(_))));
    let down = open("amqp://guest:guest@127.0.0.1:1/%2f").await.unwrap();
    assert!(down.publish(&[message("thing.sold")]).await.remove(0).is_err());
    let Some(stand) = BusStand::open(BusKind::Rabbit).await else {
        return;
    };
    stand.close().await;
    let outcome = open("amqp://guest:wrong@127.0.0.1:5672/%2f").await;
    assert!(matches!(outcome, Err(BusError::Denied(_))), "{outcome:?}");
}
