//! What this service listens to.

mod on_order_cancelled;
mod on_refund_requested;

use common::bus::{Bus, HandleError, Message, Queue};
use common::contracts::events::orders::{OrderCancelled, RefundRequested};
use common::outbox::Event;
use common::task::{Heartbeat, Tasks};

use crate::state::AppState;

const QUEUE: Queue = Queue {
    name: "pays",
    concurrency: 8,
};

/// Starts to listen.
pub(crate) fn subscribe(state: &AppState, bus: &Bus, tasks: &Tasks) -> Vec<Heartbeat> {
    vec![bus.listen(tasks, QUEUE, state.clone(), handle)]
}

async fn handle(state: AppState, message: Message) -> Result<(), HandleError> {
    match message.topic.as_str() {
        OrderCancelled::TOPIC => on_order_cancelled::handle(&state, &message).await,
        RefundRequested::TOPIC => on_refund_requested::handle(&state, &message).await,
        _ => Err(HandleError::park("an event that pays does not know")),
    }
}
