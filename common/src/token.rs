//! JSON Web Tokens: those that users carry, and the short-lived ones by which services know each other.

use std::sync::{Mutex, PoisonError};

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::clock::Clock;
use crate::contracts::ids::UserId;
use crate::ids;

/// `iss` of all our tokens.
const ISSUER: &str = "dadashop";
/// `aud` of the tokens that users carry.
const USER_AUDIENCE: &str = "dadashop-api";
/// `aud` of the tokens that services carry.
const SERVICE_AUDIENCE: &str = "dadashop-internal";
/// How far two machines' clocks may differ, in seconds (reliability L13).
const LEEWAY_SECONDS: u64 = 5;
/// How far ahead a token may have been issued, in seconds. Generous, since a machine whose clock is wrong should not
/// shut everybody out, and the time of issue grants nothing.
const AHEAD_SECONDS: i64 = 15 * 60;
/// How long a user's token lives by default: a day, as the course has it.
pub const USER_TOKEN_SECONDS: i64 = 24 * 3600;
/// How long a service's token lives.
const SERVICE_TOKEN_SECONDS: i64 = 120;
/// Secrets shorter than this are refused.
pub const MIN_SECRET_BYTES: usize = 32;
/// Secrets of fewer different bytes are refused: `aaaa…` is long, yet no secret.
const MIN_DISTINCT_BYTES: usize = 8;

/// What someone may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Uses the shop.
    #[default]
    User,
    /// Runs the shop.
    Staff,
}

/// Payload of a user's token (RFC 7519 names).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserClaims {
    /// The user's id, as text.
    pub sub: String,
    /// The name they log in with, as it stands in paths.
    pub username: String,
    /// What they may do.
    pub role: Role,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
    /// The epoch of the account in which it was issued, counted from 0; a token of an earlier one is revoked.
    #[serde(default)]
    pub epoch: i64,
    /// Its own id.
    pub jti: String,
    iss: String,
    aud: String,
}

/// Who a user's token is issued to.
#[derive(Clone, Copy, Debug)]
pub struct Bearer<'a> {
    /// Their id.
    pub user: UserId,
    /// The name they log in with.
    pub username: &'a str,
    /// What they may do.
    pub role: Role,
    /// The present epoch of their account.
    pub epoch: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct ServiceClaims {
    sub: String,
    iat: i64,
    exp: i64,
    iss: String,
    aud: String,
}

/// Why a token was refused, or could not be made.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The secret is too short to keep anyone out.
    #[error("the secret is weak: it needs {MIN_SECRET_BYTES} bytes, and {MIN_DISTINCT_BYTES} different ones")]
    WeakSecret,
    /// Signature, algorithm, audience, issuer or time is wrong.
    #[error("token refused")]
    Refused(#[source] jsonwebtoken::errors::Error),
    /// `sub` is not one of our user ids.
    #[error("token has no user id")]
    NoUserId,
}

struct Key {
    id: String,
    signing: EncodingKey,
    verifying: DecodingKey,
}

impl Key {
    fn new(secret: &SecretString) -> Result<Self, TokenError> {
        let bytes = secret.expose_secret().as_bytes();
        let distinct = bytes.iter().collect::<std::collections::HashSet<_>>().len();
        if bytes.len() < MIN_SECRET_BYTES || distinct < MIN_DISTINCT_BYTES {
            return Err(TokenError::WeakSecret);
        }
        let id = Sha256::digest(bytes)
            .iter()
            .take(4)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(Self {
            id,
            signing: EncodingKey::from_secret(bytes),
            verifying: DecodingKey::from_secret(bytes),
        })
    }
}

/// Keys by which users' tokens are signed and checked: HS256, pinned. During a rotation the previous one still checks.
pub struct UserTokens {
    current: Key,
    previous: Option<Key>,
    validation: Validation,
    clock: Clock,
}

impl UserTokens {
    /// Signs with `current`; accepts tokens of `previous` too.
    pub fn new(
        current: &SecretString,
        previous: Option<&SecretString>,
        clock: Clock,
    ) -> Result<Self, TokenError> {
        let previous = previous.map(Key::new).transpose()?;
        Ok(Self {
            current: Key::new(current)?,
            previous,
            validation: validation(USER_AUDIENCE),
            clock,
        })
    }

    /// A token for a user, valid for `lifetime_seconds` from now, of an account whose tokens were never revoked.
    pub fn issue(
        &self,
        user: UserId,
        username: &str,
        role: Role,
        lifetime_seconds: i64,
    ) -> Result<String, TokenError> {
        let bearer = Bearer {
            user,
            username,
            role,
            epoch: 0,
        };
        self.issue_to(bearer, lifetime_seconds)
    }

    /// A token for `bearer`, valid for `lifetime_seconds` from now.
    pub fn issue_to(&self, bearer: Bearer<'_>, lifetime_seconds: i64) -> Result<String, TokenError> {
        let iat = self.clock.now().timestamp();
        let claims = UserClaims {
            sub: bearer.user.to_string(),
            username: bearer.username.to_owned(),
            role: bearer.role,
            iat,
            exp: iat + lifetime_seconds,
            epoch: bearer.epoch,
            jti: ids::fresh().to_string(),
            iss: ISSUER.to_owned(),
            aud: USER_AUDIENCE.to_owned(),
        };
        sign(&self.current, &claims)
    }

    /// The claims of a token that is ours and not over.
    pub fn verify(&self, token: &str) -> Result<UserClaims, TokenError> {
        let key = match &self.previous {
            Some(previous) if key_id(token)?.as_deref() == Some(previous.id.as_str()) => previous,
            Some(_) | None => &self.current,
        };
        let claims: UserClaims = check(key, &self.validation, token)?;
        if claims.iat > self.clock.now().timestamp() + AHEAD_SECONDS {
            return Err(TokenError::Refused(ErrorKind::ImmatureSignature.into()));
        }
        Ok(claims)
    }
}

/// Keys by which services know each other: HS256 with a secret of its own and another audience.
pub struct ServiceTokens {
    key: Key,
    validation: Validation,
    name: &'static str,
    clock: Clock,
    issued: Mutex<Option<(i64, String)>>,
}

impl ServiceTokens {
    /// Tokens that say "I am `name`".
    pub fn new(secret: &SecretString, name: &'static str, clock: Clock) -> Result<Self, TokenError> {
        let validation = validation(SERVICE_AUDIENCE);
        Ok(Self {
            key: Key::new(secret)?,
            validation,
            name,
            clock,
            issued: Mutex::default(),
        })
    }

    /// A token that is valid for a minute at least; the same one for a while.
    pub fn current(&self) -> Result<String, TokenError> {
        let now = self.clock.now().timestamp();
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((exp, token)) = issued.as_ref()
            && exp - now > SERVICE_TOKEN_SECONDS / 2
        {
            return Ok(token.clone());
        }
        let exp = now + SERVICE_TOKEN_SECONDS;
        let claims = ServiceClaims {
            sub: self.name.to_owned(),
            iat: now,
            exp,
            iss: ISSUER.to_owned(),
            aud: SERVICE_AUDIENCE.to_owned(),
        };
        let token = sign(&self.key, &claims)?;
        *issued = Some((exp, token.clone()));
        Ok(token)
    }

    /// The name of the service that sent the token.
    pub fn verify(&self, token: &str) -> Result<String, TokenError> {
        check::<ServiceClaims>(&self.key, &self.validation, token).map(|claims| claims.sub)
    }
}

fn validation(audience: &str) -> Validation {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.leeway = LEEWAY_SECONDS;
    validation.validate_nbf = true;
    validation.set_audience(&[audience]);
    validation.set_issuer(&[ISSUER]);
    validation.set_required_spec_claims(&["exp", "sub", "aud", "iss"]);
    validation
}

fn sign(key: &Key, claims: &impl Serialize) -> Result<String, TokenError> {
    let header = Header {
        kid: Some(key.id.clone()),
        ..Header::new(Algorithm::HS256)
    };
    encode(&header, claims, &key.signing).map_err(TokenError::Refused)
}

/// The `kid` of a token's header. Asked for during rotations only: it costs as much as a fifth of the whole check.
fn key_id(token: &str) -> Result<Option<String>, TokenError> {
    decode_header(token)
        .map(|header| header.kid)
        .map_err(TokenError::Refused)
}

fn check<C: DeserializeOwned>(key: &Key, validation: &Validation, token: &str) -> Result<C, TokenError> {
    decode::<C>(token, &key.verifying, validation)
        .map(|data| data.claims)
        .map_err(TokenError::Refused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert, proptest};

    fn secret(letter: char) -> SecretString {
        SecretString::from(format!("{letter}-0123456789-for-tests-of-tokens-only"))
    }

    fn tokens() -> UserTokens {
        UserTokens::new(&secret('a'), None, Clock::System).unwrap()
    }

    #[test]
    fn a_token_gives_back_who_it_was_issued_to() {
        let token = tokens().issue(UserId(7), "meixia01", Role::User, 60).unwrap();
        let claims = tokens().verify(&token).unwrap();
        assert_eq!((claims.sub.as_str(), claims.username.as_str()), ("7", "meixia01"));
    }

    #[test]
    fn an_expired_token_is_refused() {
        let token = tokens().issue(UserId(7), "meixia01", Role::User, -60).unwrap();
        assert!(tokens().verify(&token).is_err());
    }

    #[test]
    fn a_token_from_the_future_is_refused() {
        let (tokens, now) = (tokens(), Clock::System.now().timestamp());
        let token = tokens.issue(UserId(7), "meixia01", Role::User, 60).unwrap();
        let claims = tokens.verify(&token).unwrap();
        for (ahead, is_good) in [(600, true), (3600, false)] {
            let (iat, exp) = (now + ahead, now + ahead + 60);
            let token = sign(
                &tokens.current,
                &UserClaims {
                    iat,
                    exp,
                    ..claims.clone()
                },
            );
            assert_eq!(tokens.verify(&token.unwrap()).is_ok(), is_good, "{ahead} s ahead");
        }
    }

    #[test]
    fn a_token_of_the_previous_key_is_accepted_during_a_rotation() {
        let token = tokens().issue(UserId(7), "meixia01", Role::User, 60).unwrap();
        let rotated = UserTokens::new(&secret('b'), Some(&secret('a')), Clock::System).unwrap();
        assert!(rotated.verify(&token).is_ok());
        assert!(
            UserTokens::new(&secret('b'), None, Clock::System)
                .unwrap()
                .verify(&token)
                .is_err()
        );
    }

    #[test]
    fn a_service_token_is_not_a_user_token() {
        let token = ServiceTokens::new(&secret('a'), "orders", Clock::System)
            .unwrap()
            .current()
            .unwrap();
        assert!(tokens().verify(&token).is_err());
    }

    #[test]
    fn an_unsigned_token_is_refused() {
        let token =
            "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiI3IiwidXNlcm5hbWUiOiJtIiwiZXhwIjo5OTk5OTk5OTk5fQ.";
        assert!(tokens().verify(token).is_err());
    }

    #[test]
    fn a_weak_secret_is_refused() {
        for weak in ["short", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"] {
            assert!(UserTokens::new(&SecretString::from(weak), None, Clock::System).is_err());
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_verification_panic(token in any::<String>()) {
            prop_assert!(tokens().verify(&token).is_err());
        }
    }
}
