//! Ronglian, played by the test: checks who calls as its document says, and keeps the messages.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::task::Tasks;
use md5::{Digest, Md5};
use serde::Deserialize;
use serde_json::{Value, json};

const SID: &str = "8a48b5514a61a814014a8fc5a2fe0f3c";
const TOKEN: &str = "a-token-for-tests-only";

/// A message that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sms {
    pub phone: String,
    pub code: String,
    pub minutes: String,
}

#[derive(Default)]
struct Inbox {
    messages: Vec<Sms>,
    /// Calls to refuse before the next one is taken.
    refusals: u32,
    refused: u32,
    takes_a_second: bool,
}

/// The provider.
#[derive(Clone)]
pub struct SmsProvider {
    pub url: String,
    pub sid: &'static str,
    pub token: &'static str,
    inbox: Arc<Mutex<Inbox>>,
    _tasks: Tasks,
}

impl SmsProvider {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inbox = Arc::<Mutex<Inbox>>::default();
        let data = Data::new(inbox.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .route("/webhook", web::post().to(take_webhook))
                .route("/2013-12-26/Accounts/{sid}/SMS/TemplateSMS", web::post().to(take))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
        let tasks = Tasks::default();
        tasks.detach(server);
        Self {
            url,
            sid: SID,
            token: TOKEN,
            inbox,
            _tasks: tasks,
        }
    }

    /// Refuses the next `times` messages.
    pub fn refuse(&self, times: u32) {
        self.inbox.lock().unwrap().refusals = times;
    }

    /// Answers each message a second late.
    pub fn take_a_second(&self) {
        self.inbox.lock().unwrap().takes_a_second = true;
    }

    /// How many messages were refused.
    pub fn refused(&self) -> u32 {
        self.inbox.lock().unwrap().refused
    }

    /// All messages, oldest first.
    pub fn messages(&self) -> Vec<Sms> {
        self.inbox.lock().unwrap().messages.clone()
    }

    /// The code of the newest message to `phone`.
    pub fn code_for(&self, phone: &str) -> Option<String> {
        let messages = self.messages();
        let newest = messages.iter().rev().find(|message| message.phone == phone)?;
        Some(newest.code.clone())
    }
}

#[derive(Deserialize)]
struct Signature {
    sig: String,
}

async fn take(
    inbox: Data<Arc<Mutex<Inbox>>>,
    sid: Path<String>,
    signature: Query<Signature>,
    request: HttpRequest,
    body: Bytes,
) -> web::Json<Value> {
    let body: Value = serde_json::from_slice(&body).unwrap();
    let takes_a_second = inbox.lock().unwrap().takes_a_second;
    if takes_a_second {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let mut inbox = inbox.lock().unwrap();
    if !is_ours(&request, &sid, &signature.sig) || !is_well_formed(&request, &body) {
        return web::Json(json!({"statusCode": "111143", "statusMsg": "【账号】校验失败"}));
    }
    if inbox.refusals > 0 {
        inbox.refusals -= 1;
        inbox.refused += 1;
        return web::Json(json!({"statusCode": "112300"}));
    }
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    inbox.messages.push(Sms {
        phone: text(&body["to"]),
        code: text(&body["datas"][0]),
        minutes: text(&body["datas"][1]),
    });
    web::Json(json!({"statusCode": "000000", "templateSMS": {}}))
}

/// The same for a gateway of one's own.
async fn take_webhook(inbox: Data<Arc<Mutex<Inbox>>>, request: HttpRequest, body: Bytes) -> HttpResponse {
    if header(&request, "authorization") != format!("Bearer {TOKEN}") {
        return HttpResponse::Unauthorized().finish();
    }
    let body: Value = serde_json::from_slice(&body).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    inbox.lock().unwrap().messages.push(Sms {
        phone: text(&body["phone"]),
        code: text(&body["code"]),
        minutes: body["minutes"].to_string(),
    });
    HttpResponse::NoContent().finish()
}

fn is_ours(request: &HttpRequest, sid: &str, sig: &str) -> bool {
    let authorization = header(request, "authorization");
    let decoded = String::from_utf8(STANDARD.decode(authorization).unwrap()).unwrap();
    let (account, time) = decoded.split_once(':').unwrap();
    let digest = Md5::digest(format!("{SID}{TOKEN}{time}"));
    let expected: String = digest.iter().map(|byte| format!("{byte:02X}")).collect();
    account == SID && sid == SID && time.len() == 14 && sig == expected
}

fn is_well_formed(request: &HttpRequest, body: &Value) -> bool {
    header(request, "accept") == "application/json"
        && header(request, "content-type") == "application/json;charset=utf-8"
        && body["appId"] == "app"
        && body["templateId"] == "1"
        && body["datas"].as_array().is_some_and(|datas| datas.len() == 2)
}

fn header<'r>(request: &'r HttpRequest, name: &str) -> &'r str {
    request.headers().get(name).unwrap().to_str().unwrap()
}
