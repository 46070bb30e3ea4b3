//! Events that users-svc publishes.

use serde::{Deserialize, Serialize};

use crate::contracts::ids::UserId;
use crate::outbox::Event;

/// Someone asked for a registration code. The worker that sends it makes the code, so none is written here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmsRequested {
    /// The mobile number, eleven digits.
    pub phone: String,
}

impl Event for SmsRequested {
    const TOPIC: &'static str = "user.sms_requested";

    fn key(&self) -> String {
        self.phone.clone()
    }
}

/// An account was made. The activation link is made by the worker that mails it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRegistered {
    /// The new user.
    pub user_id: UserId,
    /// The name they log in with.
    pub username: String,
    /// Where the activation mail goes.
    pub email: String,
}

impl Event for UserRegistered {
    const TOPIC: &'static str = "user.registered";

    fn key(&self) -> String {
        self.user_id.to_string()
    }
}
