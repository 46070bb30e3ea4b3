//! THE route table: which path goes to which service, who may ask, and what it may cost.
//!
//! The first row that fits wins, so fixed words stand before `{…}`. What no row names is 404, `/internal/**` included,
//! but for the gateway's own: the API document and its page (`documents`).

use std::time::Duration;

use http::Method;

use crate::rate_limit::Rule;
use crate::upstreams::Service;

/// How long a service may take to answer (reliability §5.12).
const USUAL: Duration = Duration::from_secs(3);
/// Passwords are hashed, one after the other when many people log in at once.
const HASHING: Duration = Duration::from_secs(8);
/// The service asks a third party meanwhile.
const ASKING_OUTSIDE: Duration = Duration::from_secs(8);
/// Placing an order asks four services.
const ORDERING: Duration = Duration::from_secs(9);

/// A large picture is unpacked and written anew.
const UNPACKING: Duration = Duration::from_secs(10);

/// Largest body in bytes (reliability §5.13).
const USUAL_BODY: u64 = 64 * 1024;
/// Log-in and registration bring the cart of a browser along.
const BODY_WITH_CART: u64 = 128 * 1024;

/// A picture of at most 5 MB, and what a form puts round it.
const BODY_WITH_PICTURE: u64 = 6 * 1024 * 1024;

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// `{…}` stands for one segment, a final `**` for one or more.
    pub pattern: &'static str,
    /// How much of the pattern, in bytes, every path begins with that fits.
    fixed: usize,
    /// Who answers.
    pub service: Service,
    /// Who may ask.
    pub access: Access,
    /// How long the service may take to answer, once it has the whole request.
    pub time_limit: Duration,
    /// Largest request body in bytes.
    pub body_limit: u64,
    /// What is limited beside requests as such.
    pub rule: Option<Rule>,
    /// Whether it counts as a request of its address: pictures come by the dozen.
    pub is_counted: bool,
}

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody; an `Authorization` header does not matter, whatever it holds.
    Public,
    /// Who shows a valid token; the others are told 403 in these words.
    User(Refusal),
}

/// How "please log in" is worded: pages differ in what they read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// `code` and `error`.
    Plain,
    /// Also `"data":{}`, without which gopay.html never gets to its redirect (contract O4), and `errmsg`, which
    /// payment.html shows (contract O2).
    ForOrderPages,
}

/// The table.
pub const ROUTES: &[Route] = &[
    logging_in("/v1/users"),
    logging_in("/v1/users/register"),
    logging_in("/v1/users/login"),
    logging_in("/v1/tokens"),
    public("/v1/users/activation", Service::Users).limited(Rule::Login),
    public("/v1/users/sms/code", Service::Users).limited(Rule::Sms),
    public("/v1/users/password/**", Service::Users)
        .within(HASHING)
        .limited(Rule::Login),
    public("/v1/users/weibo/**", Service::Users).within(ASKING_OUTSIDE),
    user("/v1/users/{username}/password", Service::Users).within(HASHING),
    user("/v1/users/{username}/**", Service::Users),
    public("/v1/goods/search", Service::Goods).limited(Rule::Search),
    public("/v1/goods/**", Service::Goods),
    public("/media/**", Service::Goods).uncounted(),
    user("/v1/carts/**", Service::Carts),
    for_order_pages("/v1/orders/result", Service::Orders).within(ASKING_OUTSIDE),
    for_order_pages("/v1/orders/{username}", Service::Orders)
        .within(ORDERING)
        .limited(Rule::Order),
    for_order_pages("/v1/orders/**", Service::Orders),
    public("/v1/pays/**", Service::Pays).within(ASKING_OUTSIDE),
    user("/v1/staff/users", Service::Users),
    user("/v1/staff/users/**", Service::Users),
    user("/v1/staff/goods/images", Service::Goods)
        .taking(BODY_WITH_PICTURE)
        .within(UNPACKING),
    user("/v1/staff/goods/**", Service::Goods),
    user("/v1/staff/orders", Service::Orders),
    user("/v1/staff/orders/**", Service::Orders),
    user("/v1/staff/pays/**", Service::Pays).within(ASKING_OUTSIDE),
];

/// The row for a path without trailing slash, and its number.
pub fn find(path: &str) -> Option<(usize, &'static Route)> {
    ROUTES
        .iter()
        .enumerate()
        .find(|(_, route)| route.begins(path) && fits(route.pattern, path))
}

/// Length of what stands before the first `{` or `*`.
const fn fixed(pattern: &str) -> usize {
    let (bytes, mut length) = (pattern.as_bytes(), 0);
    while length < bytes.len() && bytes[length] != b'{' && bytes[length] != b'*' {
        length += 1;
    }
    length
}

fn fits(pattern: &str, path: &str) -> bool {
    let (mut words, mut segments) = (pattern.split('/'), path.split('/'));
    loop {
        match (words.next(), segments.next()) {
            (None, None) => return true,
            (Some("**"), Some(segment)) => return !segment.is_empty(),
            (Some(word), Some(segment)) if word == segment => {}
            (Some(word), Some(segment)) if word.starts_with('{') && !segment.is_empty() => {}
            (Some(_), Some(_) | None) | (None, Some(_)) => return false,
        }
    }
}

const fn public(pattern: &'static str, service: Service) -> Route {
    Route {
        pattern,
        fixed: fixed(pattern),
        service,
        access: Access::Public,
        time_limit: USUAL,
        body_limit: USUAL_BODY,
        rule: None,
        is_counted: true,
    }
}

/// A password is hashed, or a user made; a cart may come along.
const fn logging_in(pattern: &'static str) -> Route {
    public(pattern, Service::Users)
        .taking(BODY_WITH_CART)
        .within(HASHING)
        .limited(Rule::Login)
}

const fn user(pattern: &'static str, service: Service) -> Route {
    Route {
        access: Access::User(Refusal::Plain),
        ..public(pattern, service)
    }
}

const fn for_order_pages(pattern: &'static str, service: Service) -> Route {
    Route {
        access: Access::User(Refusal::ForOrderPages),
        ..public(pattern, service)
    }
}

impl Route {
    const fn within(self, time_limit: Duration) -> Self {
        Self { time_limit, ..self }
    }

    const fn taking(self, body_limit: u64) -> Self {
        Self { body_limit, ..self }
    }

    const fn limited(self, rule: Rule) -> Self {
        Self {
            rule: Some(rule),
            ..self
        }
    }

    const fn uncounted(self) -> Self {
        Self {
            is_counted: false,
            ..self
        }
    }

    /// Cheap, and false for nearly all rows but the right one.
    fn begins(&self, path: &str) -> bool {
        path.as_bytes()
            .starts_with(&self.pattern.as_bytes()[..self.fixed])
    }

    /// What a request by this method is limited by beside being one.
    pub fn rule_for(&self, method: &Method) -> Option<Rule> {
        match self.rule {
            Some(Rule::Order) if method != Method::POST => None,
            rule => rule,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(path: &str) -> Option<&'static str> {
        find(path).map(|(_, route)| route.pattern)
    }

    #[test]
    fn every_row_is_reached_by_its_own_path() {
        for route in ROUTES {
            let path = route.pattern.replace("**", "x/y");
            assert_eq!(pattern(&path), Some(route.pattern), "shadowed by an earlier row");
        }
    }

    #[test]
    fn fixed_words_win_over_user_names() {
        assert_eq!(pattern("/v1/users/password/new"), Some("/v1/users/password/**"));
        assert_eq!(
            pattern("/v1/users/meixia01/password"),
            Some("/v1/users/{username}/password")
        );
        assert_eq!(pattern("/v1/orders/result"), Some("/v1/orders/result"));
        assert_eq!(pattern("/v1/orders/meixia01/advance"), Some("/v1/orders/**"));
    }

    #[test]
    fn what_no_row_names_is_not_routed() {
        for path in [
            "/",
            "",
            "/v1",
            "/v1/goods",
            "/media",
            "/v1/users/meixia01",
            "/internal",
            "/internal/skus/query",
            "/v1/internal/skus",
            "/V1/goods/index",
            "/healthz",
            "/readyz",
            "/metrics",
            "/v1/tokens/x",
        ] {
            assert_eq!(pattern(path), None, "{path}");
        }
    }
}
