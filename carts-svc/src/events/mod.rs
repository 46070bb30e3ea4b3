//! Which events this service listens to: what became of the orders that took lines from carts.

mod on_checkout_failed;
mod on_order_created;

use common::bus::{Bus, HandleError, Message, Queue};
use common::contracts::events::orders::{CheckoutFailed, OrderCreated};
use common::outbox::Event;
use common::task::{Heartbeat, Tasks};

use crate::state::AppState;

const QUEUE: Queue = Queue {
    name: "carts",
    concurrency: 8,
};

/// Starts the consumer. There is no inbox: each change of a cart remembers its order and is done once.
pub(crate) fn subscribe(state: &AppState, bus: &Bus, tasks: &Tasks) -> Vec<Heartbeat> {
    vec![bus.listen(tasks, QUEUE, state.clone(), handle)]
}

async fn handle(state: AppState, message: Message) -> Result<(), HandleError> {
    match message.topic.as_str() {
        OrderCreated::TOPIC => on_order_created::handle(&state, &message).await,
        CheckoutFailed::TOPIC => on_checkout_failed::handle(&state, &message).await,
        other => Err(HandleError::park(format!("nobody here listens to {other}"))),
    }
}
