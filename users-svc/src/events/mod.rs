//! Which events this service listens to: its own, to do slow outside work away from requests.

mod on_cart_left_behind;
mod on_mail_wanted;
mod on_sms_requested;

use common::bus::{Bus, Queue};
use common::task::{Heartbeat, Tasks};

use crate::state::AppState;

/// Carts that were left behind come seldom, and all at once when carts-svc is back.
const CARTS: Queue = Queue {
    name: "users.carts",
    concurrency: 8,
};

/// Starts the workers, one per queue, so that a slow mail server holds up no SMS.
pub(crate) fn subscribe(state: &AppState, bus: &Bus, tasks: &Tasks) -> Vec<Heartbeat> {
    warn_of_missing_providers(state);
    let sms = Queue {
        name: "users.sms",
        concurrency: state.settings.sms_workers,
    };
    let mail = Queue {
        name: "users.mail",
        concurrency: state.settings.mail_workers,
    };
    vec![
        bus.listen(tasks, sms, state.clone(), on_sms_requested::handle),
        bus.listen(tasks, mail, state.clone(), on_mail_wanted::handle),
        bus.listen(tasks, CARTS, state.clone(), on_cart_left_behind::handle),
    ]
}

fn warn_of_missing_providers(state: &AppState) {
    if state.sms.is_none() {
        tracing::warn!("DADASHOP_SMS_ACCOUNT_SID is not set: no sms will be sent");
    }
    if state.mail.is_none() {
        tracing::warn!("DADASHOP_MAIL_SMTP_URL is not set: no mail will be sent");
    }
}
