//! Which events this service listens to: what became of the orders that took lines from carts.

mod on_checkout_failed;
mod on_order_created;

use common::bus::{Bus, HandleError, Message};
use common::contracts::events::orders::{CheckoutFailed, OrderCreated};
use common::outbox::Event;
use common::task::{Heartbeat, Tasks};

use crate::state::AppState;

/// The queue of this service.
const QUEUE: &str = "carts";
/// Messages that are worked on at a time.
const CONCURRENCY: usize = 8;

/// Starts the consumer. There is no inbox: each change of a cart remembers its order and is done once.
pub fn subscribe(state: &AppState, bus: &Bus, tasks: &Tasks) -> Vec<Heartbeat> {
    let (bus, state) = (bus.clone(), state.clone());
    let heartbeat = tasks.supervise("carts events", move |stop, beat| {
        let (bus, state) = (bus.clone(), state.clone());
        async move {
            bus.consume(QUEUE, CONCURRENCY, stop, beat, move |message| {
                handle(state.clone(), message)
            })
            .await
        }
    });
    vec![heartbeat]
}

async fn handle(state: AppState, message: Message) -> Result<(), HandleError> {
    match message.topic.as_str() {
        OrderCreated::TOPIC => on_order_created::handle(&state, &message).await,
        CheckoutFailed::TOPIC => on_checkout_failed::handle(&state, &message).await,
        other => Err(HandleError::park(format!("nobody here listens to {other}"))),
    }
}
