//! What staff may do to accounts, as it is written down.

use common::contracts::ids::UserId;

use super::Invalid;

/// Longest reason, in characters.
const REASON_CHARS: usize = 200;

/// Who does it, and why.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Their account; nobody's from a command line.
    pub id: Option<UserId>,
    /// Their name.
    pub name: String,
    /// Their reason; may be empty.
    pub reason: String,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nobody may log in any more.
    Deactivate,
    /// They may again.
    Reactivate,
    /// The account becomes one of the staff's.
    MakeStaff,
}

impl Action {
    /// Its name in the trail.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deactivate => "deactivate",
            Self::Reactivate => "reactivate",
            Self::MakeStaff => "make_staff",
        }
    }
}

/// Reads a reason; missing is empty.
pub fn reason(text: Option<String>) -> Result<String, Invalid> {
    let text = text.unwrap_or_default().trim().to_owned();
    if text.chars().count() <= REASON_CHARS && !text.chars().any(char::is_control) {
        Ok(text)
    } else {
        Err(Invalid::Field("reason"))
    }
}
