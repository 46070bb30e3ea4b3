//! What this service listens to: the queue `orders`.

mod on_payment_refunded;
mod on_payment_succeeded;

use common::bus::{Bus, HandleError, Message};
use common::contracts::events::pays::{PaymentRefunded, PaymentSucceeded};
use common::outbox::Event;
use common::task::{Heartbeat, Tasks};

use crate::state::AppState;

/// Events handled at a time.
const CONCURRENCY: usize = 8;

/// Starts to listen.
pub fn subscribe(state: &AppState, bus: &Bus, tasks: &Tasks) -> Vec<Heartbeat> {
    let (state, bus) = (state.clone(), bus.clone());
    let heartbeat = tasks.supervise("orders events", move |stop, beat| {
        let (state, bus) = (state.clone(), bus.clone());
        async move {
            let handle = move |message| handle(state.clone(), message);
            bus.consume("orders", CONCURRENCY, stop, beat, handle).await
        }
    });
    vec![heartbeat]
}

async fn handle(state: AppState, message: Message) -> Result<(), HandleError> {
    match message.topic.as_str() {
        PaymentSucceeded::TOPIC => on_payment_succeeded::handle(&state, &message).await,
        PaymentRefunded::TOPIC => on_payment_refunded::handle(&state, &message).await,
        topic => Err(HandleError::park(format!("topic {topic} is not ours"))),
    }
}
