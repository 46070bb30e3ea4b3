//! Every event of the shop, by publisher, and THE table of who listens.

pub mod goods;
pub mod orders;
pub mod pays;
pub mod users;

use crate::bus::Route;
use crate::outbox::Event;

/// Which service hears of which event in every one of its processes, beside the queues of [`ROUTES`]. Nothing is kept
/// for a process that is away: it must know by itself what it may have missed.
pub const OBSERVED: &[(&str, &str)] = &[(goods::SkuChanged::TOPIC, "goods-svc")];

/// Which queue receives which event. Publishers declare all of it, so that an event published before its consumer
/// was ever started is kept. A new listener is a new line here.
pub const ROUTES: &[Route] = &[
    Route {
        topic: users::SmsRequested::TOPIC,
        queue: "users.sms",
    },
    Route {
        topic: users::UserRegistered::TOPIC,
        queue: "users.mail",
    },
    Route {
        topic: users::ActivationRequested::TOPIC,
        queue: "users.mail",
    },
    Route {
        topic: users::PasswordResetRequested::TOPIC,
        queue: "users.mail",
    },
    Route {
        topic: users::PasswordChanged::TOPIC,
        queue: "users.mail",
    },
    Route {
        topic: users::CartLeftBehind::TOPIC,
        queue: "users.carts",
    },
    Route {
        topic: orders::OrderCreated::TOPIC,
        queue: "carts",
    },
    Route {
        topic: orders::CheckoutFailed::TOPIC,
        queue: "carts",
    },
    Route {
        topic: orders::OrderCancelled::TOPIC,
        queue: "goods",
    },
    Route {
        topic: orders::OrderPaid::TOPIC,
        queue: "goods",
    },
    Route {
        topic: orders::OrderCancelled::TOPIC,
        queue: "pays",
    },
    Route {
        topic: orders::RefundRequested::TOPIC,
        queue: "pays",
    },
    Route {
        topic: pays::PaymentSucceeded::TOPIC,
        queue: "orders",
    },
    Route {
        topic: pays::PaymentRefunded::TOPIC,
        queue: "orders",
    },
    Route {
        topic: pays::RefundRefused::TOPIC,
        queue: "orders",
    },
];
