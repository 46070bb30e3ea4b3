//! The answer to whoever was let in: every generation of pages reads the token at another place (contract §6.5).

use common::reply::{self, Reply};
use serde::Serialize;

use crate::flows::open_session::Session;

/// `data` of the answer.
#[derive(Serialize)]
pub struct SessionView {
    token: String,
    len: usize,
}

/// `{"code":200,"data":{"token","len"},"username","token","carts_count","len"}`.
pub fn session_reply(session: Session) -> Reply<SessionView> {
    let view = SessionView {
        token: session.token.clone(),
        len: session.carts_count,
    };
    reply::ok(view)
        .with("username", session.username)
        .with("token", session.token)
        .with("carts_count", session.carts_count)
        .with("len", session.carts_count)
}
