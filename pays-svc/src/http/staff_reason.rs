//! The body of everything that staff do to payments: `{"reason":"…"}`.

use common::identity::Staff;
use serde::Deserialize;

use crate::domain::staff::{Clerk, Reason};
use crate::error::PayError;

/// Why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Because {
    reason: String,
}

impl Because {
    /// Who acts, and why; refused without a reason.
    pub(super) fn clerk(&self, Staff(caller): Staff) -> Result<Clerk, PayError> {
        Ok(Clerk {
            user_id: caller.user_id,
            username: caller.username,
            reason: Reason::read(&self.reason).ok_or(PayError::Invalid("reason"))?,
        })
    }
}
