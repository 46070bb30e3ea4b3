//! `POST /v1/staff/orders/{order_id}/notes`: a note that staff alone see.

use actix_web::{Responder, web};
use common::contracts::ids::OrderId;
use common::error_reply::Failure;
use common::identity::Staff;
use common::json::Body;
use common::reply;
use serde::Deserialize;

use super::words::words;
use crate::flows;
use crate::state::AppState;

/// Longest note, in letters.
const MAX_NOTE: usize = 500;

/// The note.
#[derive(Deserialize)]
pub struct Note {
    text: String,
}

/// Handles it.
pub async fn staff_add_note(
    state: web::Data<AppState>,
    Staff(staff): Staff,
    id: web::Path<OrderId>,
    Body(body): Body<Note>,
) -> Result<impl Responder, Failure> {
    let text = words(&body.text, MAX_NOTE, "text has no or too many letters, or markup")?;
    flows::add_note::add_note(&state, staff.user_id, &id, &text).await?;
    Ok(reply::bare(200))
}
