//! What this service listens to.

mod on_order_cancelled;
mod on_refund_requested;

use common::bus::{Bus, HandleError, Message};
use common::contracts::events::orders::{OrderCancelled, RefundRequested};
use common::outbox::Event;
use common::task::{Heartbeat, Tasks};

use crate::state::AppState;

/// Our queue in the routing table.
const QUEUE: &str = "pays";
/// Messages at hand at once.
const CONCURRENCY: usize = 8;

/// Starts to listen.
pub(crate) fn subscribe(state: &AppState, bus: &Bus, tasks: &Tasks) -> Vec<Heartbeat> {
    let (state, bus) = (state.clone(), bus.clone());
    let consumer = tasks.supervise("pays events", move |stop, beat| {
        let (bus, state) = (bus.clone(), state.clone());
        async move {
            bus.consume(QUEUE, CONCURRENCY, stop, beat, move |message| {
                handle(state.clone(), message)
            })
            .await
        }
    });
    vec![consumer]
}

async fn handle(state: AppState, message: Message) -> Result<(), HandleError> {
    match message.topic.as_str() {
        OrderCancelled::TOPIC => on_order_cancelled::handle(&state, &message).await,
        RefundRequested::TOPIC => on_refund_requested::handle(&state, &message).await,
        _ => Err(HandleError::park("an event that pays does not know")),
    }
}
