//! `goods.sku_changed`, heard by every replica: what its caches hold of the SKU is no longer true.

use common::bus::{Bus, Heard, Message};
use common::contracts::events::goods::SkuChanged;
use common::outbox::Event;
use common::task::{Heartbeat, Tasks};

use crate::cache;
use crate::state::AppState;

/// Starts to observe.
pub(super) fn observe(state: &AppState, bus: &Bus, tasks: &Tasks) -> Heartbeat {
    let (bus, state) = (bus.clone(), state.clone());
    tasks.supervise("goods caches", move |stop, beat| {
        let (bus, state) = (bus.clone(), state.clone());
        async move {
            let hear = move |heard| hear(state.clone(), heard);
            bus.observe(&[SkuChanged::TOPIC], stop, beat, hear).await
        }
    })
}

async fn hear(state: AppState, heard: Heard) {
    match heard {
        Heard::Event(message) => cache::forget(&state.cache, &change_in(&message)).await,
        Heard::Anew => state.cache.forget(),
    }
}

/// What cannot be read, from a newer version of ours, may have changed anything.
fn change_in(message: &Message) -> SkuChanged {
    message.read().unwrap_or_else(|error| {
        tracing::warn!(event.id = %message.id, ?error, "event {} not understood", message.id);
        SkuChanged {
            everything: true,
            ..SkuChanged::default()
        }
    })
}
