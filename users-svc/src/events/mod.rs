//! Which events this service listens to: its own, to do slow outside work away from requests.

mod on_sms_requested;
mod on_user_registered;

use common::bus::{Bus, Queue};
use common::task::{Heartbeat, Tasks};

use crate::state::AppState;

/// Providers answer slowly, not often.
const SMS: Queue = Queue {
    name: "users.sms",
    concurrency: 8,
};
const MAIL: Queue = Queue {
    name: "users.mail",
    concurrency: 8,
};

/// Starts the workers, one per queue, so that a slow mail server holds up no SMS.
pub(crate) fn subscribe(state: &AppState, bus: &Bus, tasks: &Tasks) -> Vec<Heartbeat> {
    warn_of_missing_providers(state);
    vec![
        bus.listen(tasks, SMS, state.clone(), on_sms_requested::handle),
        bus.listen(tasks, MAIL, state.clone(), on_user_registered::handle),
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
