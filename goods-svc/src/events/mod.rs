//! What this service listens to: an order was paid, an order was cancelled.

mod on_order_cancelled;
mod on_order_paid;

use common::bus::{Bus, HandleError, Message};
use common::contracts::events::orders::{OrderCancelled, OrderPaid};
use common::outbox::Event;
use common::task::{Heartbeat, Tasks};

use crate::error::GoodsError;
use crate::state::AppState;

/// Our queue in the table of routes.
const QUEUE: &str = "goods";
/// Events handled at the same time.
const CONCURRENCY: usize = 8;

/// An event that the queue should not get.
#[derive(Debug, thiserror::Error)]
#[error("nobody here listens to {0}")]
struct UnknownTopic(String);

/// Starts to listen.
pub(crate) fn subscribe(state: &AppState, bus: &Bus, tasks: &Tasks) -> Vec<Heartbeat> {
    let (bus, state) = (bus.clone(), state.clone());
    let heartbeat = tasks.supervise("goods events", move |stop, beat| {
        let (bus, state) = (bus.clone(), state.clone());
        async move {
            let handle = move |message| handle(state.clone(), message);
            bus.consume(QUEUE, CONCURRENCY, stop, beat, handle).await
        }
    });
    vec![heartbeat]
}

async fn handle(state: AppState, message: Message) -> Result<(), HandleError> {
    match message.topic.as_str() {
        OrderPaid::TOPIC => on_order_paid::handle(&state, &message).await,
        OrderCancelled::TOPIC => on_order_cancelled::handle(&state, &message).await,
        unknown => Err(HandleError::park(UnknownTopic(unknown.to_owned()))),
    }
}

/// What time may heal is tried again; what contradicts the state of the stock is parked for a human.
fn judge(error: GoodsError) -> HandleError {
    match error {
        GoodsError::Database(_) | GoodsError::Contended(_) => HandleError::from(error),
        GoodsError::SkuNotFound
        | GoodsError::CatalogNotFound
        | GoodsError::PageOutOfRange
        | GoodsError::NoSuchCombination
        | GoodsError::NotANumber(_)
        | GoodsError::TooManyIds
        | GoodsError::NotASelection(_)
        | GoodsError::BadLines(_)
        | GoodsError::OtherLines(_)
        | GoodsError::NoReservation(_)
        | GoodsError::IllegalAction(_) => HandleError::park(error),
    }
}
