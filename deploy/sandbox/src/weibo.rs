//! Logging in by Weibo: the login page, its two buttons, and the exchange of codes (OAuth 2, authorization code).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Query};
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Url;
use serde::Deserialize;
use serde_json::json;
use tracing::info;

use crate::pages::{self, escape};
use crate::state::State;
use crate::switches::WeiboSwitch;

/// How long a code is good for.
const CODE_LIFETIME: TimeDelta = TimeDelta::minutes(10);
/// How late an answer is with the switch `slow`: later than a shop should wait.
const SLOW: Duration = Duration::from_secs(8);
/// Codes that are kept; beyond that the old ones go.
const CAPACITY: usize = 10_000;
/// Who can log in at the page with one click. They exist nowhere else.
const PEOPLE: [(&str, &str); 3] = [
    ("1404376560", "周岚"),
    ("1404376561", "王小梅"),
    ("1404376562", "Li Lei"),
];

/// The codes that were given out and not used yet.
#[derive(Default)]
pub(crate) struct WeiboCodes(Mutex<HashMap<String, Grant>>);

struct Grant {
    uid: String,
    redirect_uri: String,
    expires_at: DateTime<Utc>,
}

impl WeiboCodes {
    fn give(&self, grant: Grant) -> String {
        let code = format!("{:032x}", rand::random::<u128>());
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if codes.len() >= CAPACITY {
            let now = Utc::now();
            codes.retain(|_, grant| grant.expires_at > now);
        }
        if codes.len() < CAPACITY {
            codes.insert(code.clone(), grant);
        }
        code
    }

    /// A code is good once, whatever comes of it.
    fn take(&self, code: &str) -> Option<Grant> {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.remove(code)
    }
}

/// What the shop sends a browser along with.
#[derive(Clone, Deserialize)]
pub(crate) struct Authorize {
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    response_type: String,
    state: Option<String>,
}

/// The page's form: the above, and what the user decided.
#[derive(Deserialize)]
pub(crate) struct Decision {
    client_id: String,
    redirect_uri: String,
    state: Option<String>,
    #[serde(default)]
    uid: String,
    decision: String,
}

/// Why Weibo refuses, by its public table of errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    InvalidRequest,
    RedirectUriMismatch,
    InvalidClient,
    InvalidGrant,
    UnsupportedResponseType,
    UnsupportedGrantType,
    SystemBusy,
}

impl Refusal {
    fn of(self) -> (&'static str, u32) {
        match self {
            Self::InvalidRequest => ("invalid_request", 21323),
            Self::RedirectUriMismatch => ("redirect_uri_mismatch", 21322),
            Self::InvalidClient => ("invalid_client", 21324),
            Self::InvalidGrant => ("invalid_grant", 21325),
            Self::UnsupportedResponseType => ("unsupported_response_type", 21329),
            Self::UnsupportedGrantType => ("unsupported_grant_type", 21328),
            Self::SystemBusy => ("temporarily_unavailable", 21331),
        }
    }
}

/// `GET /weibo/authorize`: the login page.
pub(crate) async fn authorize(request: Query<Authorize>, state: Data<State>) -> HttpResponse {
    if request.response_type != "code" {
        return refused_page(Refusal::UnsupportedResponseType);
    }
    if let Err(refusal) = check(&state, &request.client_id, &request.redirect_uri) {
        return refused_page(refusal);
    }
    let hidden =
        |name: &str, value: &str| format!("<input type=hidden name={name} value=\"{}\">", escape(value));
    let oauth_state = request.state.as_deref().map(|text| hidden("state", text));
    let people: String = PEOPLE
        .iter()
        .map(|(uid, name)| format!("<option value={uid}>{name} ({uid})</option>"))
        .collect();
    let body = format!(
        "<p class=note>这是沙箱，不是微博。 This is the sandbox, not Weibo.</p>\
         <p>应用 <code>{}</code> 请求您的授权。 The application asks for your permission.</p>\
         <form method=post action=/weibo/authorize>{}{}{}<p><select name=uid>{people}</select></p>\
         <button class=primary name=decision value=allow>登录并授权 Log in</button> \
         <button name=decision value=deny>取消 Refuse</button></form>",
        escape(&request.client_id),
        hidden("client_id", &request.client_id),
        hidden("redirect_uri", &request.redirect_uri),
        oauth_state.unwrap_or_default(),
    );
    pages::page("沙箱微博登录 Sandbox Weibo", &body)
}

/// `POST /weibo/authorize`: what the buttons do; `uid` may be any number, for tests.
pub(crate) async fn decide(form: Form<Decision>, state: Data<State>) -> HttpResponse {
    let decision = form.into_inner();
    let mut back = match check(&state, &decision.client_id, &decision.redirect_uri) {
        Ok(url) => url,
        Err(refusal) => return refused_page(refusal),
    };
    let is_uid = (1..=20).contains(&decision.uid.len()) && decision.uid.bytes().all(|b| b.is_ascii_digit());
    match decision.decision.as_str() {
        "allow" if is_uid => {
            let code = state.weibo.give(Grant {
                uid: decision.uid,
                redirect_uri: decision.redirect_uri,
                expires_at: Utc::now() + CODE_LIFETIME,
            });
            back.query_pairs_mut().append_pair("code", &code);
        }
        "deny" => {
            back.query_pairs_mut()
                .append_pair("error_uri", "/oauth2/authorize")
                .append_pair("error", "access_denied")
                .append_pair("error_description", "user denied your request.")
                .append_pair("error_code", "21330");
        }
        _ => return refused_page(Refusal::InvalidRequest),
    }
    if let Some(text) = &decision.state {
        back.query_pairs_mut().append_pair("state", text);
    }
    HttpResponse::Found()
        .insert_header(("location", String::from(back)))
        .finish()
}

fn check(state: &State, client_id: &str, redirect_uri: &str) -> Result<Url, Refusal> {
    if client_id != state.settings.weibo_client_id {
        return Err(Refusal::InvalidClient);
    }
    match Url::parse(redirect_uri) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        Ok(_) | Err(_) => Err(Refusal::RedirectUriMismatch),
    }
}

/// What a shop exchanges a code with.
#[derive(Deserialize)]
pub(crate) struct Exchange {
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    client_secret: String,
    #[serde(default)]
    grant_type: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    redirect_uri: String,
}

/// `POST /weibo/access_token`: a code for a token and the id of who logged in.
pub(crate) async fn access_token(form: Form<Exchange>, state: Data<State>) -> HttpResponse {
    let switch = state.switches.now().weibo;
    let granted = exchange(&state, &form, switch);
    match switch {
        WeiboSwitch::Slow => {
            state.stopping.run_until_cancelled(tokio::time::sleep(SLOW)).await;
        }
        WeiboSwitch::Error => return refused(Refusal::SystemBusy),
        WeiboSwitch::Html => {
            return HttpResponse::BadGateway()
                .content_type("text/html")
                .body("<html>502</html>");
        }
        WeiboSwitch::On | WeiboSwitch::Expired | WeiboSwitch::NoUid => {}
    }
    let uid = match granted {
        Ok(uid) => uid,
        Err(refusal) => return refused(refusal),
    };
    let mut answer = json!({
        "access_token": format!("2.00{:032x}", rand::random::<u128>()),
        "remind_in": "157679999",
        "expires_in": 157_679_999,
        "isRealName": "true",
    });
    if switch != WeiboSwitch::NoUid {
        answer["uid"] = json!(uid);
    }
    info!("weibo user {uid} logged in");
    HttpResponse::Ok().json(answer)
}

fn exchange(state: &State, form: &Exchange, switch: WeiboSwitch) -> Result<String, Refusal> {
    let settings = &state.settings;
    if form.client_id != settings.weibo_client_id || form.client_secret != settings.weibo_client_secret {
        return Err(Refusal::InvalidClient);
    }
    if form.grant_type != "authorization_code" {
        return Err(Refusal::UnsupportedGrantType);
    }
    let grant = state.weibo.take(&form.code).ok_or(Refusal::InvalidGrant)?;
    if grant.redirect_uri != form.redirect_uri {
        return Err(Refusal::RedirectUriMismatch);
    }
    if grant.expires_at < Utc::now() || switch == WeiboSwitch::Expired {
        return Err(Refusal::InvalidGrant);
    }
    Ok(grant.uid)
}

fn refused(refusal: Refusal) -> HttpResponse {
    let (error, error_code) = refusal.of();
    HttpResponse::build(StatusCode::BAD_REQUEST).json(json!({
        "error": error, "error_code": error_code, "request": "/oauth2/access_token",
        "error_uri": "/oauth2/access_token",
    }))
}

/// Like the real one, a page: a browser must not be sent on to an address that nobody vouches for.
fn refused_page(refusal: Refusal) -> HttpResponse {
    let (error, error_code) = refusal.of();
    let body = format!("<p>错误 error: <code>{error}</code> ({error_code})</p>");
    pages::page("访问出错 Weibo refuses", &body)
}
