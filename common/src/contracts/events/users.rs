//! Events that users-svc publishes.

use serde::{Deserialize, Serialize};

use crate::contracts::ids::UserId;
use crate::contracts::internal_apis::carts::CartLine;
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

/// A user asked for another activation link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivationRequested {
    /// Who.
    pub user_id: UserId,
}

impl Event for ActivationRequested {
    const TOPIC: &'static str = "user.activation_requested";

    fn key(&self) -> String {
        self.user_id.to_string()
    }
}

/// Somebody forgot their password. The worker finds out whose address it is, if anybody's, and makes the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordResetRequested {
    /// The e-mail address, as it was entered.
    pub email: String,
}

impl Event for PasswordResetRequested {
    const TOPIC: &'static str = "user.password_reset_requested";

    /// Whose it is nobody has looked up, and an address may be longer than a key.
    fn key(&self) -> String {
        "password_reset".to_owned()
    }
}

/// A password was changed or reset; its owner gets a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordChanged {
    /// Whose.
    pub user_id: UserId,
}

impl Event for PasswordChanged {
    const TOPIC: &'static str = "user.password_changed";

    fn key(&self) -> String {
        self.user_id.to_string()
    }
}

/// The cart of a browser could not be merged at login, because carts-svc did not answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLeftBehind {
    /// Whose.
    pub user_id: UserId,
    /// The lines as the browser kept them.
    pub lines: Vec<CartLine>,
}

impl Event for CartLeftBehind {
    const TOPIC: &'static str = "user.cart_left_behind";

    fn key(&self) -> String {
        self.user_id.to_string()
    }
}
