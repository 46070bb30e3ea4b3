//! What every handler, flow and event of this service may use.

use std::sync::Arc;

use common::clock::Clock;
use common::contracts::internal_apis::carts::CartsClient;
use common::db::Db;
use common::kv::Kv;
use common::token::UserTokens;
use common::token_epochs::TokenEpochs;

use crate::outside::mail::Mailer;
use crate::outside::sms::SmsSender;
use crate::outside::weibo::Weibo;
use crate::passwords::Passwords;
use crate::settings::UserSettings;

/// Shared by all of the service. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

/// The fields of [`AppState`].
pub struct Inner {
    /// Our database.
    pub db: Db,
    /// Codes, and who asked for one; see `kv_keys`.
    pub kv: Kv,
    /// The time.
    pub clock: Clock,
    /// Rules that operators set.
    pub settings: UserSettings,
    /// Which tokens are revoked.
    pub epochs: TokenEpochs,
    /// Signs what users carry.
    pub tokens: Arc<UserTokens>,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Carts.
    pub carts: CartsClient,
    /// Sends SMS, where an account is configured.
    pub sms: Option<SmsSender>,
    /// Sends mail, where a server is configured.
    pub mail: Option<Mailer>,
    /// Logs users in, where an application is configured.
    pub weibo: Option<Weibo>,
}

impl AppState {
    /// Wraps the parts.
    pub fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }
}

impl std::ops::Deref for AppState {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
