//! Ronglian (Cloopen) SMS: `POST /2013-12-26/Accounts/{sid}/SMS/TemplateSMS?sig=`.

use std::time::Duration;

use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tracing::info;

use crate::clock::{gmt8, parse_gmt8};
use crate::state::State;
use crate::switches::SmsSwitch;

/// How long a signature is good for.
const SIGNATURE_LIFETIME: TimeDelta = TimeDelta::hours(24);
/// How late an answer is with the switch `slow`.
const SLOW: Duration = Duration::from_secs(5);
/// The only template of the stand-in, the provider's for tests: `{1}` is the code, `{2}` its minutes.
const TEMPLATE_ID: &str = "1";

/// A text message that was "delivered".
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sms {
    /// Eleven digits.
    pub(crate) phone: String,
    /// The first of `datas`.
    pub(crate) code: String,
    /// What the phone shows.
    pub(crate) text: String,
    /// When it arrived (UTC).
    pub(crate) at: DateTime<Utc>,
}

/// The provider's `statusCode`s other than `000000` that the stand-in answers. Callers need not tell them
/// apart: whatever is not `000000` was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Refusal {
    #[error("请求地址中的主帐号不存在")]
    UnknownAccount,
    #[error("请求包头Authorization参数为空")]
    NoAuthorization,
    #[error("请求包头Authorization参数格式有误")]
    MalformedAuthorization,
    #[error("请求包头Authorization中的帐号与请求地址不一致")]
    OtherAccount,
    #[error("请求包头Authorization参数中的时间戳已过期")]
    ExpiredTimestamp,
    #[error("请求地址Sig校验失败")]
    WrongSig,
    #[error("请求包体解析失败")]
    MalformedBody,
    #[error("应用不存在")]
    UnknownApp,
    #[error("短信模板无效")]
    UnknownTemplate,
    #[error("模板短信的datas参数为空")]
    NoDatas,
    #[error("号码格式有误")]
    MalformedPhone,
    #[error("短信发送失败")]
    NotSent,
}

impl Refusal {
    fn status_code(self) -> &'static str {
        match self {
            Refusal::UnknownAccount => "111111",
            Refusal::NoAuthorization => "111101",
            Refusal::MalformedAuthorization => "111105",
            Refusal::OtherAccount => "111108",
            Refusal::ExpiredTimestamp => "111107",
            Refusal::WrongSig => "111109",
            Refusal::MalformedBody => "160031",
            Refusal::UnknownApp => "111181",
            Refusal::UnknownTemplate => "160032",
            Refusal::NoDatas => "112308",
            Refusal::MalformedPhone => "160042",
            Refusal::NotSent => "160050",
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct Signature {
    #[serde(default)]
    sig: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TemplateSms {
    to: String,
    app_id: String,
    template_id: String,
    datas: Vec<String>,
}

pub(crate) async fn send(
    request: HttpRequest,
    account: Path<String>,
    signature: Query<Signature>,
    body: Bytes,
    state: Data<State>,
) -> HttpResponse {
    let accepted = authenticate(&state, &account, &signature.sig, authorization(&request))
        .and_then(|()| read_message(&state, &body));
    let sms = match (accepted, state.switches.now().sms) {
        (Err(refusal), _) => return refused(refusal),
        (Ok(_), SmsSwitch::Error) => return refused(Refusal::NotSent),
        (Ok(_), SmsSwitch::Unavailable) => return HttpResponse::ServiceUnavailable().finish(),
        (Ok(sms), SmsSwitch::LostAnswer) => {
            state.sms.put(sms);
            return HttpResponse::Ok().body("{\"statusCode\":");
        }
        (Ok(sms), SmsSwitch::On) => sms,
        (Ok(sms), SmsSwitch::Slow) => {
            state.stopping.run_until_cancelled(tokio::time::sleep(SLOW)).await;
            sms
        }
    };
    let created = gmt8(sms.at, "%Y%m%d%H%M%S");
    let sid = format!("{:032x}", rand::random::<u128>());
    state.sms.put(sms);
    info!("sms {sid} delivered to the inbox");
    HttpResponse::Ok()
        .json(json!({"statusCode": "000000", "templateSMS": {"smsMessageSid": sid, "dateCreated": created}}))
}

fn refused(refusal: Refusal) -> HttpResponse {
    info!(status_code = refusal.status_code(), "sms refused: {refusal}");
    HttpResponse::Ok().json(json!({"statusCode": refusal.status_code(), "statusMsg": refusal.to_string()}))
}

fn authorization(request: &HttpRequest) -> Option<&str> {
    request.headers().get(AUTHORIZATION)?.to_str().ok()
}

/// `Authorization` = base64(`sid:timestamp`), `sig` over the same timestamp, `yyyyMMddHHmmss` in GMT+8.
fn authenticate(state: &State, account: &str, sig: &str, authorization: Option<&str>) -> Result<(), Refusal> {
    let settings = &state.settings;
    if account != settings.sms_account_sid {
        return Err(Refusal::UnknownAccount);
    }
    let decoded = STANDARD
        .decode(authorization.ok_or(Refusal::NoAuthorization)?)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or(Refusal::MalformedAuthorization)?;
    let (sid, timestamp) = decoded.split_once(':').ok_or(Refusal::MalformedAuthorization)?;
    if sid != account {
        return Err(Refusal::OtherAccount);
    }
    let signed_at = parse_gmt8(timestamp, "%Y%m%d%H%M%S", 14).ok_or(Refusal::MalformedAuthorization)?;
    if (Utc::now() - signed_at).abs() > SIGNATURE_LIFETIME {
        return Err(Refusal::ExpiredTimestamp);
    }
    if sig != expected_sig(account, &settings.sms_auth_token, timestamp) {
        return Err(Refusal::WrongSig);
    }
    Ok(())
}

/// Upper-case hex of md5(sid + token + timestamp).
fn expected_sig(sid: &str, token: &str, timestamp: &str) -> String {
    let digest = Md5::digest(format!("{sid}{token}{timestamp}"));
    digest.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn read_message(state: &State, body: &[u8]) -> Result<Sms, Refusal> {
    let message: TemplateSms = match serde_json::from_slice(body) {
        Ok(message) => message,
        Err(malformed) => {
            info!("sms body refused: {malformed}");
            return Err(Refusal::MalformedBody);
        }
    };
    if message.app_id != state.settings.sms_app_id {
        return Err(Refusal::UnknownApp);
    }
    if message.template_id != TEMPLATE_ID {
        return Err(Refusal::UnknownTemplate);
    }
    if message.to.len() != 11 || !message.to.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::MalformedPhone);
    }
    let [code, minutes] = message.datas.as_slice() else {
        return Err(Refusal::NoDatas);
    };
    let text = format!("【达达商城】您的验证码是{code}，请于{minutes}分钟内正确输入。");
    Ok(Sms {
        phone: message.to,
        code: code.clone(),
        text,
        at: Utc::now(),
    })
}

#[cfg(test)]
mod tests {
    use super::expected_sig;

    #[test]
    fn sig_is_the_upper_case_md5_of_sid_token_and_timestamp() {
        // printf %s aaf98f8963c6e2e8aab32b2f3bc7a7cf20261119220135 | md5sum
        let sig = expected_sig("aaf98f89", "63c6e2e8aab32b2f3bc7a7cf", "20261119220135");
        assert_eq!(sig, "1414181628EE1B11EF6CC09D5EE23D71");
    }
}
