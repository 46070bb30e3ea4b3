//! What the service leaves behind: rows of its database, and events that go out and come in.

use common::bus::Message;
use common::contracts::ids::OrderId;
use common::ids;
use common::outbox::Event;
use sea_orm::{ConnectionTrait, QueryResult, Statement, TryGetable};
use serde_json::Value;

use crate::stand::{Stand, eventually};

impl Stand {
    pub async fn query(&self, sql: &str) -> Vec<QueryResult> {
        let backend = self.db.reader().get_database_backend();
        let statement = Statement::from_string(backend, sql.to_owned());
        self.db.reader().query_all_raw(statement).await.unwrap()
    }

    /// The first column of the first row.
    pub async fn scalar<T: TryGetable>(&self, sql: &str) -> T {
        let rows = self.query(sql).await;
        rows.first()
            .unwrap_or_else(|| panic!("no row for {sql}"))
            .try_get_by_index(0)
            .unwrap()
    }

    pub async fn execute(&self, sql: &str) {
        self.db.writer().execute_unprepared(sql).await.unwrap();
    }

    pub async fn status(&self, id: &OrderId) -> i16 {
        self.scalar(&format!(
            "SELECT status FROM orders_order_info WHERE order_id = '{id}'"
        ))
        .await
    }

    pub async fn wait_for_status(&self, id: &OrderId, status: i16) {
        eventually(&format!("order {id} in status {status}"), async || {
            self.status(id).await == status
        })
        .await;
    }

    /// How many orders there are in `status`.
    pub async fn count(&self, status: i16) -> i64 {
        self.scalar(&format!(
            "SELECT COUNT(*) FROM orders_order_info WHERE status = {status}"
        ))
        .await
    }

    /// What the service published of topic `topic`.
    pub async fn published(&self, topic: &str) -> Vec<Value> {
        let rows = self
            .query(&format!(
                "SELECT payload FROM outbox WHERE topic = '{topic}' ORDER BY id"
            ))
            .await;
        let read = |row: &QueryResult| {
            let text: String = row.try_get_by_index(0).unwrap();
            serde_json::from_str(&text).unwrap()
        };
        rows.iter().map(read).collect()
    }

    /// Publishes an event as another service would.
    pub async fn publish<E: Event>(&self, event: &E) -> Message {
        let message = Message {
            id: ids::fresh(),
            topic: E::TOPIC.to_owned(),
            version: E::VERSION,
            key: event.key(),
            occurred_at: self.clock.now(),
            trace: None,
            data: serde_json::to_value(event).unwrap(),
        };
        self.deliver(&message).await;
        message
    }

    pub async fn deliver(&self, message: &Message) {
        for outcome in self
            .process
            .backends
            .bus
            .publish(std::slice::from_ref(message))
            .await
        {
            outcome.unwrap();
        }
    }

    /// Waits until the service has handled all events.
    pub async fn wait_for_quiet(&self) {
        eventually("queue empty", async || {
            self.process.backends.bus.depth("orders").await.unwrap() == 0
        })
        .await;
    }
}
