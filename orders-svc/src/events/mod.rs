//! What this service listens to: the queue `orders`.

mod on_payment_refunded;
mod on_payment_succeeded;
mod on_refund_refused;

use common::bus::{Bus, HandleError, Message, Queue};
use common::contracts::events::pays::{PaymentRefunded, PaymentSucceeded, RefundRefused};
use common::outbox::Event;
use common::task::{Heartbeat, Tasks};

use crate::state::AppState;

const QUEUE: Queue = Queue {
    name: "orders",
    concurrency: 8,
};

/// Starts to listen.
pub(crate) fn subscribe(state: &AppState, bus: &Bus, tasks: &Tasks) -> Vec<Heartbeat> {
    vec![bus.listen(tasks, QUEUE, state.clone(), handle)]
}

async fn handle(state: AppState, message: Message) -> Result<(), HandleError> {
    match message.topic.as_str() {
        PaymentSucceeded::TOPIC => on_payment_succeeded::handle(&state, &message).await,
        PaymentRefunded::TOPIC => on_payment_refunded::handle(&state, &message).await,
        RefundRefused::TOPIC => on_refund_refused::handle(&state, &message).await,
        topic => Err(HandleError::park(format!("topic {topic} is not ours"))),
    }
}
