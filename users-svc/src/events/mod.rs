//! Which events this service listens to: its own, to do slow outside work away from requests.

mod on_sms_requested;
mod on_user_registered;

use common::bus::Bus;
use common::task::{Heartbeat, Tasks};

use crate::state::AppState;

/// Messages that are worked on at a time, per queue: providers answer slowly, not often.
const CONCURRENCY: usize = 8;

/// Starts the workers, one per queue, so that a slow mail server holds up no SMS.
pub fn subscribe(state: &AppState, bus: &Bus, tasks: &Tasks) -> Vec<Heartbeat> {
    warn_of_missing_providers(state);
    let (sms_bus, sms_state) = (bus.clone(), state.clone());
    let sms = tasks.supervise("users.sms events", move |stop, beat| {
        let (bus, state) = (sms_bus.clone(), sms_state.clone());
        async move {
            bus.consume("users.sms", CONCURRENCY, stop, beat, move |message| {
                on_sms_requested::handle(state.clone(), message)
            })
            .await
        }
    });
    let (mail_bus, mail_state) = (bus.clone(), state.clone());
    let mail = tasks.supervise("users.mail events", move |stop, beat| {
        let (bus, state) = (mail_bus.clone(), mail_state.clone());
        async move {
            bus.consume("users.mail", CONCURRENCY, stop, beat, move |message| {
                on_user_registered::handle(state.clone(), message)
            })
            .await
        }
    });
    vec![sms, mail]
}

fn warn_of_missing_providers(state: &AppState) {
    if state.sms.is_none() {
        tracing::warn!("DADASHOP_SMS_ACCOUNT_SID is not set: no sms will be sent");
    }
    if state.mail.is_none() {
        tracing::warn!("DADASHOP_MAIL_SMTP_URL is not set: no mail will be sent");
    }
}
