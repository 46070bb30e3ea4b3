//! Who is calling: extractors that make a handler's signature say who may call it.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};

use crate::contracts::ids::UserId;
use crate::error_codes::shared;
use crate::error_reply::Failure;
use crate::service_codes::ServiceCodes;
use crate::token::{Role, ServiceTokens, TokenError, UserTokens};

/// A logged-in user. Everyone else is told 403 (contract §1.1.8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Their id.
    pub user_id: UserId,
    /// The name they log in with.
    pub username: String,
    /// What they may do.
    pub role: Role,
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
        })
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

impl FromRequest for Caller {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl FromRequest for Owner {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Caller::of(request).and_then(|caller| {
            if request.match_info().get("username") == Some(caller.username.as_str()) {
                Ok(Self(caller))
            } else {
                Err(Failure::of(ServiceCodes::of(request).not_owner))
            }
        }))
    }
}

impl FromRequest for Staff {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Caller::of(request).and_then(|caller| match caller.role {
            Role::Staff => Ok(Self(caller)),
            Role::User => Err(Failure::of(ServiceCodes::of(request).not_staff)),
        }))
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
    use super::*;

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
