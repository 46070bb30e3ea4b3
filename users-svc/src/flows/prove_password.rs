//! Checks a name and a password, as often as limits allow.

use common::settings::Limits;

use crate::domain::client::Client;
use crate::domain::throttle::{Throttle, Wait};
use crate::domain::user::{Account, Password, Standing};
use crate::error::UserError;
use crate::kv_keys::{self, Counted};
use crate::passwords::Verdict;
use crate::state::AppState;
use crate::store::users;

/// Wrong passwords for one name from one address.
const PAIR: Throttle = Throttle {
    free: 10,
    longest_seconds: 15 * 60,
    memory_seconds: 15 * 60,
};
/// Wrong passwords from one address. Schools and offices share one.
const ADDRESS: Throttle = Throttle {
    free: 100,
    longest_seconds: 5 * 60,
    memory_seconds: 3600,
};
/// Wrong passwords for one name, from however many addresses. It closes for short times only, and not to addresses
/// from which the right one came before: strangers must not keep the owner out.
const NAME: Throttle = Throttle {
    free: 100,
    longest_seconds: 60,
    memory_seconds: 3600,
};

/// What somebody says who they are with.
pub struct Claim {
    /// The name, as it was entered.
    pub username: String,
    /// The password; `None` when what was entered can be nobody's.
    pub password: Option<Password>,
    /// Where they are.
    pub client: Client,
}

/// The account, if the password is its own. An unknown name and a wrong password get the same answer after the same
/// time (contract §0.3), and count alike.
pub async fn prove_password(state: &AppState, claim: Claim) -> Result<Account, UserError> {
    let Claim {
        username,
        password,
        client,
    } = claim;
    if let Some(Wait(seconds)) = closed_for(state, &username, &client).await {
        return Err(UserError::TooManyTries { seconds });
    }
    let account = users::find_by_name(state.db.reader(), &username).await?;
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    let turn = state.passwords.turn().await?;
    let verdict = turn.check(password, stored).await?;
    let account = match (verdict, account) {
        (Verdict::Right, Some(account)) => account,
        (Verdict::RightAndRehashed(hash), Some(account)) => {
            users::replace_hash(state.db.writer(), &account, &hash).await?;
            Account {
                password_hash: hash,
                ..account
            }
        }
        (Verdict::Wrong, _) | (_, None) => {
            count_wrong_one(state, &username, &client).await;
            return Err(UserError::WrongLogin);
        }
    };
    forgive(state, &username, &client).await;
    match account.standing {
        Standing::Good => Ok(account),
        Standing::Disabled => Err(UserError::AccountDisabled),
    }
}

/// How long the door is closed. A store that does not answer closes no door: hashing is bounded by itself.
async fn closed_for(state: &AppState, name: &str, client: &Client) -> Option<Wait> {
    if state.settings.limits == Limits::Off {
        return None;
    }
    let now = state.clock.now().timestamp();
    let looking = async {
        if let Some(wait) = kv_keys::read_wait(&state.kv, Counted::Address(client), now).await? {
            return Ok(Some(wait));
        }
        if let Some(wait) = kv_keys::read_wait(&state.kv, Counted::Name(name), now).await?
            && !kv_keys::is_known_address(&state.kv, name, client).await?
        {
            return Ok(Some(wait));
        }
        // Counted before the password is looked at, so that many at once do not all find the door open.
        kv_keys::count_try(&state.kv, Counted::Pair(name, client), PAIR, now).await
    };
    looking.await.unwrap_or_else(|error| {
        tracing::warn!(?error, "login tries not counted");
        None
    })
}

async fn count_wrong_one(state: &AppState, name: &str, client: &Client) {
    if state.settings.limits == Limits::Off {
        return;
    }
    let now = state.clock.now().timestamp();
    for (counted, rule) in [(Counted::Address(client), ADDRESS), (Counted::Name(name), NAME)] {
        if let Err(error) = kv_keys::count_try(&state.kv, counted, rule, now).await {
            tracing::warn!(?error, "wrong password not counted");
        }
    }
}

async fn forgive(state: &AppState, name: &str, client: &Client) {
    if state.settings.limits == Limits::Off {
        return;
    }
    if let Err(error) = kv_keys::forgive_tries(&state.kv, name, client).await {
        tracing::warn!(?error, "login tries not forgiven");
    }
}
