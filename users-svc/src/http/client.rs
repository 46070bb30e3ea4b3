//! Where a request came from, read from what the gateway wrote.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::IpAddr;

use actix_web::dev::Payload;
use actix_web::http::header::USER_AGENT;
use actix_web::{FromRequest, HttpRequest};

use crate::domain::client::Client;

/// Written by the gateway, which lets no such header of a client pass.
const FORWARDED_FOR: &str = "x-forwarded-for";

impl FromRequest for Client {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = |name| request.headers().get(name)?.to_str().ok();
        // The last address is the gateway's own word; whoever stands before it, others said.
        let forwarded: Option<IpAddr> = header(FORWARDED_FOR)
            .and_then(|text| text.rsplit(',').next())
            .and_then(|text| text.trim().parse().ok());
        let peer = || request.peer_addr().map(|peer| peer.ip());
        let agent = header(USER_AGENT.as_str()).unwrap_or_default();
        ready(Ok(Self::new(forwarded.or_else(peer), agent)))
    }
}
