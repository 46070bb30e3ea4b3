//! Who is calling: extractors that make a handler's signature say who may call it.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::{Either, LocalBoxFuture};

use crate::contracts::ids::UserId;
use crate::error_codes::shared;
use crate::error_reply::Failure;
use crate::service_codes::ServiceCodes;
use crate::token::{Role, ServiceTokens, TokenError, UserTokens};
use crate::token_epochs::TokenEpochs;

/// A logged-in user. Everyone else is told 403 (contract §1.1.8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Their id.
    pub user_id: UserId,
    /// The name they log in with.
    pub username: String,
    /// What they may do.
    pub role: Role,
    /// The epoch in which their token was issued: earlier than the account's, and the token is revoked.
    pub epoch: i64,
}

/// What an extractor gives: at once, unless the epoch of the user has to be read.
pub type Checked<T> = Either<Ready<Result<T, Failure>>, LocalBoxFuture<'static, Result<T, Failure>>>;

/// What becomes of a user whose token nobody calls revoked, because nobody answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Silence {
    /// They are let in, where the service does not say otherwise.
    LetsIn,
    /// They have to wait.
    KeepsOut,
}

/// A logged-in user whose name is the path's `{username}`. Another user's path is refused (contract §1.1.9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner(pub Caller);

/// A logged-in member of staff. Other users are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff(pub Caller);

/// Another of our services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceCaller {
    /// Its name.
    pub name: String,
}

/// The token of an `Authorization` header: bare or after `Bearer`. Pages without a login send the words `null` or
/// `undefined`, which mean nobody.
pub fn token_in(header: &str) -> Option<&str> {
    let text = header.trim();
    let token = match text.split_at_checked(7) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer ") => rest.trim_start(),
        _ => text,
    };
    match token {
        "" | "null" | "undefined" => None,
        token => Some(token),
    }
}

impl Caller {
    /// The user that a verified token names.
    pub fn from_token(tokens: &UserTokens, token: &str) -> Result<Self, TokenError> {
        let claims = tokens.verify(token)?;
        let user_id = claims
            .sub
            .parse()
            .map(UserId)
            .ok()
            .filter(|id| id.0 > 0)
            .ok_or(TokenError::NoUserId)?;
        Ok(Self {
            user_id,
            username: claims.username,
            role: claims.role,
            epoch: claims.epoch,
        })
    }

    /// This user, unless their token is older than the account's present epoch.
    fn since(self, epoch: i64) -> Result<Self, Failure> {
        if self.epoch < epoch {
            Err(Failure::of(shared::LOGIN_REQUIRED).because("the token was revoked"))
        } else {
            Ok(self)
        }
    }

    fn of(request: &HttpRequest) -> Result<Self, Failure> {
        let login_required = || Failure::of(shared::LOGIN_REQUIRED);
        let token = only_authorization(request)
            .and_then(token_in)
            .ok_or_else(login_required)?;
        let tokens = request
            .app_data::<web::Data<UserTokens>>()
            .ok_or_else(login_required)?;
        Self::from_token(tokens, token).map_err(|error| login_required().because(error))
    }
}

fn only_authorization(request: &HttpRequest) -> Option<&str> {
    let mut values = request.headers().get_all(AUTHORIZATION);
    let first = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        None
    } else {
        Some(first)
    }
}

/// Lets in the user of the request's token whom `admit` admits, unless the token was revoked.
fn checked<T: 'static>(
    request: &HttpRequest,
    silence: Silence,
    admit: fn(Caller, &HttpRequest) -> Result<T, Failure>,
) -> Checked<T> {
    let caller = match Caller::of(request) {
        Ok(caller) => caller,
        Err(refused) => return Either::Left(ready(Err(refused))),
    };
    let Some(epochs) = request.app_data::<web::Data<TokenEpochs>>() else {
        return Either::Left(ready(admit(caller, request)));
    };
    if let Some(epoch) = epochs.remembered(caller.user_id) {
        let admitted = caller.since(epoch).and_then(|caller| admit(caller, request));
        return Either::Left(ready(admitted));
    }
    let (epochs, request) = (epochs.clone(), request.clone());
    Either::Right(Box::pin(async move {
        let caller = match epochs.of(caller.user_id).await {
            Ok(epoch) => caller.since(epoch)?,
            Err(_) if silence == Silence::LetsIn && epochs.trusts_when_silent() => caller,
            Err(unknown) => return Err(Failure::of_transport(shared::OVERLOADED).because(unknown)),
        };
        admit(caller, &request)
    }))
}

impl FromRequest for Caller {
    type Error = Failure;
    type Future = Checked<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        checked(request, Silence::LetsIn, |caller, _| Ok(caller))
    }
}

impl FromRequest for Owner {
    type Error = Failure;
    type Future = Checked<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        checked(request, Silence::LetsIn, |caller, request| {
            if request.match_info().get("username") == Some(caller.username.as_str()) {
                Ok(Self(caller))
            } else {
                Err(Failure::of(ServiceCodes::of(request).not_owner))
            }
        })
    }
}

impl FromRequest for Staff {
    type Error = Failure;
    type Future = Checked<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        checked(request, Silence::KeepsOut, |caller, request| match caller.role {
            Role::Staff => Ok(Self(caller)),
            Role::User => Err(Failure::of(ServiceCodes::of(request).not_staff)),
        })
    }
}

impl FromRequest for ServiceCaller {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let refused = || Failure::of_transport(shared::SERVICE_TOKEN_REQUIRED);
        let Some(tokens) = request.app_data::<web::Data<ServiceTokens>>() else {
            return ready(Err(refused()));
        };
        let Some(token) = only_authorization(request).and_then(token_in) else {
            return ready(Err(refused()));
        };
        ready(
            tokens
                .verify(token)
                .map(|name| Self { name })
                .map_err(|error| refused().because(error)),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use actix_web::test::TestRequest;
    use secrecy::SecretString;

    use super::*;
    use crate::clock::Clock;
    use crate::contracts::internal_apis::users::UsersClient;
    use crate::http_client::InternalClient;
    use crate::kv::Kv;
    use crate::token::Bearer;

    /// Nobody listens there.
    const NOWHERE: &str = "127.0.0.1:1";

    fn secret() -> SecretString {
        SecretString::from("0123456789-for-tests-of-identity-only")
    }

    fn token(role: Role, epoch: i64) -> (web::Data<UserTokens>, String) {
        let tokens = UserTokens::new(&secret(), None, Clock::System).unwrap();
        let bearer = Bearer {
            user: UserId(7),
            username: "meixia01",
            role,
            epoch,
        };
        let token = tokens.issue_to(bearer, 60).unwrap();
        (web::Data::new(tokens), token)
    }

    async fn code<T: FromRequest<Error = Failure>>(role: Role, epoch: i64, epochs: TokenEpochs) -> u32 {
        let (tokens, token) = token(role, epoch);
        let request = TestRequest::default()
            .app_data(tokens)
            .app_data(web::Data::new(epochs))
            .insert_header((AUTHORIZATION, token))
            .to_http_request();
        match T::from_request(&request, &mut Payload::None).await {
            Ok(_) => 200,
            Err(failure) => failure.code().code,
        }
    }

    #[actix_web::test]
    async fn a_token_of_an_earlier_epoch_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let kv = Kv::open("embedded:", "test", directory.path()).await.unwrap();
        let epochs = TokenEpochs::new(kv);
        assert_eq!(code::<Caller>(Role::User, 0, epochs.clone()).await, 200);
        epochs.raise(UserId(7), 2).await.unwrap();
        for (epoch, expected) in [(0, 403), (1, 403), (2, 200), (3, 200)] {
            assert_eq!(code::<Caller>(Role::User, epoch, epochs.clone()).await, expected);
        }
    }

    #[actix_web::test]
    async fn while_nobody_tells_users_pass_and_staff_and_guarded_services_do_not() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("redis://{NOWHERE}");
        let silent = Kv::open(&url, "test", directory.path()).await.unwrap();
        let trusting = TokenEpochs::new(silent.clone());
        assert_eq!(code::<Caller>(Role::User, 0, trusting.clone()).await, 200);
        assert_eq!(code::<Staff>(Role::Staff, 0, trusting).await, 503);
        let services = Arc::new(ServiceTokens::new(&secret(), "test", Clock::System).unwrap());
        let keeper = InternalClient::new("keeper", vec![format!("http://{NOWHERE}")], services).unwrap();
        let guarded = TokenEpochs::new(silent).or_ask(UsersClient(keeper));
        assert_eq!(code::<Caller>(Role::User, 0, guarded).await, 503);
    }

    #[test]
    fn a_token_may_stand_bare_or_after_bearer() {
        assert_eq!(token_in("abc"), Some("abc"));
        assert_eq!(token_in("Bearer abc"), Some("abc"));
        assert_eq!(token_in("bearer  abc "), Some("abc"));
    }

    #[test]
    fn the_words_that_pages_send_for_nobody_are_nobody() {
        for header in ["", "null", "undefined", "Bearer null", " "] {
            assert_eq!(token_in(header), None, "{header}");
        }
    }
}
