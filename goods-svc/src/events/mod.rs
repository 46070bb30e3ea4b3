//! What this service listens to: an order was paid, an order was cancelled; and what each replica hears: a SKU changed.

mod on_order_cancelled;
mod on_order_paid;
mod on_sku_changed;

use common::bus::{Bus, HandleError, Message, Queue};
use common::contracts::events::orders::{OrderCancelled, OrderPaid};
use common::outbox::Event;
use common::task::{Heartbeat, Tasks};

use crate::error::GoodsError;
use crate::state::AppState;

const QUEUE: Queue = Queue {
    name: "goods",
    concurrency: 8,
};

/// An event that the queue should not get.
#[derive(Debug, thiserror::Error)]
#[error("nobody here listens to {0}")]
struct UnknownTopic(String);

/// Starts to listen, and to observe what other replicas change.
pub(crate) fn subscribe(state: &AppState, bus: &Bus, tasks: &Tasks) -> Vec<Heartbeat> {
    let observer = on_sku_changed::observe(state, bus, tasks);
    vec![bus.listen(tasks, QUEUE, state.clone(), handle), observer]
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
        GoodsError::Database(_) | GoodsError::Contended(_) | GoodsError::TooManyWait => {
            HandleError::from(error)
        }
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
        | GoodsError::IllegalAction(_)
        | GoodsError::EmptyKeyword
        | GoodsError::NotAQuestion(_)
        | GoodsError::NotBuilt(_)
        | GoodsError::RowNotFound
        | GoodsError::VersionConflict
        | GoodsError::RowNeeded
        | GoodsError::StockTooLow { .. }
        | GoodsError::NotAParent(_)
        | GoodsError::BadFields(_)
        | GoodsError::BadEdit(_)
        | GoodsError::BadUpload(_)
        | GoodsError::BadPicture(_)
        | GoodsError::Disk(_)
        | GoodsError::Background(_)
        | GoodsError::Cache(_)
        | GoodsError::CachedForm(_) => HandleError::park(error),
    }
}
