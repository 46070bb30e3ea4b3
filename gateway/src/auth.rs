//! Who may pass: the token is checked as services check it too, and they check again (architecture §5).

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::contracts::ids::UserId;
use common::error_codes::shared;
use common::error_reply::Failure;
use common::identity::{Caller, token_in};
use common::token::UserTokens;
use common::token_epochs::TokenEpochs;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde_json::Map;

use crate::routes::{Access, Refusal};

/// How long a token whose signature was found right is not verified again: its end takes effect so much later. Its
/// revocation does not wait for that.
const TRUST: Duration = Duration::from_secs(2);
/// How many tokens a thread remembers.
const REMEMBERED: usize = 4096;

/// Checks tokens for one thread, and remembers for seconds which were valid. Of a token only two keyed hashes are
/// kept.
pub struct Gatekeeper {
    tokens: Arc<UserTokens>,
    epochs: TokenEpochs,
    keys: (RandomState, RandomState),
    valid: RefCell<HashMap<(u64, u64), Known>>,
}

/// What a valid token says.
#[derive(Clone, Copy, Debug)]
struct Known {
    until: Instant,
    user: UserId,
    epoch: i64,
}

impl Gatekeeper {
    /// Checks with these keys, and by these epochs.
    pub fn new(tokens: Arc<UserTokens>, epochs: TokenEpochs) -> Self {
        Self {
            tokens,
            epochs,
            keys: (RandomState::new(), RandomState::new()),
            valid: RefCell::default(),
        }
    }

    /// The user's id, where the route needs one. Refuses who shows no valid token there. Whose path it is, the service
    /// decides.
    pub async fn check(&self, headers: &HeaderMap, access: Access) -> Result<Option<i64>, Failure> {
        let Access::User(refusal) = access else {
            return Ok(None);
        };
        let known = self.known(headers).map_err(|failure| worded(failure, refusal))?;
        if self.is_revoked(known).await {
            let revoked = Failure::of(shared::LOGIN_REQUIRED).because("the token was revoked");
            return Err(worded(revoked, refusal));
        }
        Ok(Some(known.user.0))
    }

    fn known(&self, headers: &HeaderMap) -> Result<Known, Failure> {
        let login_required = || Failure::of(shared::LOGIN_REQUIRED);
        let token = only_authorization(headers)
            .and_then(token_in)
            .ok_or_else(login_required)?;
        let key = (self.keys.0.hash_one(token), self.keys.1.hash_one(token));
        let remembered = self.valid.borrow().get(&key).copied();
        if let Some(known) = remembered.filter(|known| Instant::now() < known.until) {
            return Ok(known);
        }
        let caller =
            Caller::from_token(&self.tokens, token).map_err(|error| login_required().because(error))?;
        let known = Known {
            until: Instant::now() + TRUST,
            user: caller.user_id,
            epoch: caller.epoch,
        };
        let mut valid = self.valid.borrow_mut();
        if valid.len() >= REMEMBERED {
            valid.clear();
        }
        valid.insert(key, known);
        Ok(known)
    }

    /// Nobody is turned away because nobody tells: the services check again, each as strictly as it must.
    async fn is_revoked(&self, known: Known) -> bool {
        let epoch = match self.epochs.remembered(known.user) {
            Some(epoch) => Some(epoch),
            None => self.epochs.of(known.user).await.ok(),
        };
        epoch.is_some_and(|epoch| known.epoch < epoch)
    }
}

fn only_authorization(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let first = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        None
    } else {
        Some(first)
    }
}

fn worded(failure: Failure, refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Plain => failure,
        Refusal::ForOrderPages => failure.with("data", Map::new()).message_also_as("errmsg"),
    }
}
