//! A merchant at Alipay, written apart from the sandbox's own signature code: signs requests, verifies answers
//! over their raw bytes, and receives notifies.

use std::collections::{HashMap, VecDeque};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs1v15::{Signature, SigningKey, VerifyingKey};
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey};
use rsa::sha2::Sha256;
use rsa::signature::{SignatureEncoding, Signer, Verifier};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use crate::setup::{APP_ID, TestSandbox};

/// A sandbox, a merchant it knows, and the address where that merchant is notified and answers `success`.
pub async fn shop() -> (TestSandbox, Merchant, Receiver) {
    let sandbox = TestSandbox::start().await;
    let merchant = Merchant::with_keys_in(sandbox.dir.path());
    (sandbox, merchant, Receiver::start(&[]))
}

pub type Pairs = Vec<(String, String)>;

pub struct Merchant {
    private: SigningKey<Sha256>,
    alipay: VerifyingKey<Sha256>,
}

impl Merchant {
    pub fn with_keys_in(dir: &Path) -> Merchant {
        let private = rsa::RsaPrivateKey::read_pkcs8_pem_file(dir.join("app_private.pem")).unwrap();
        let alipay = rsa::RsaPublicKey::read_public_key_pem_file(dir.join("alipay_public.pem")).unwrap();
        Merchant {
            private: SigningKey::new(private),
            alipay: VerifyingKey::new(alipay),
        }
    }

    /// All parameters of a request, signed; `extra` may replace the usual ones.
    pub fn signed(&self, method: &str, biz_content: &Value, extra: &[(&str, &str)]) -> Pairs {
        let biz_content = biz_content.to_string();
        let mut pairs: Pairs = Vec::new();
        let usual = [
            ("app_id", APP_ID),
            ("method", method),
            ("format", "JSON"),
            ("charset", "utf-8"),
            ("sign_type", "RSA2"),
            ("timestamp", "2026-11-19 22:01:35"),
            ("version", "1.0"),
            ("biz_content", &biz_content),
        ];
        for (name, value) in usual.iter().chain(extra) {
            pairs.retain(|(known, _)| known != name);
            pairs.push((name.to_string(), value.to_string()));
        }
        let signature: Signature = self
            .private
            .sign(text_of(&pairs, |_, value| !value.is_empty()).as_bytes());
        pairs.push(("sign".to_owned(), STANDARD.encode(signature.to_bytes())));
        pairs
    }

    /// The pay URL of an order that is notified to `receiver`.
    pub fn pay_query(&self, out_trade_no: &str, amount: &str, receiver: &Receiver) -> String {
        let content = json!({
            "out_trade_no": out_trade_no, "product_code": "FAST_INSTANT_TRADE_PAY",
            "total_amount": amount, "subject": format!("达达 + 商城 {out_trade_no}"),
        });
        let pairs = self.signed(
            "alipay.trade.page.pay",
            &content,
            &[
                ("return_url", "http://shop.test/result.html?from=pay"),
                ("notify_url", &receiver.url),
            ],
        );
        serde_urlencoded::to_string(pairs).unwrap()
    }

    pub async fn open_cashier(&self, sandbox: &TestSandbox, query: &str) -> String {
        let url = format!("{}/alipay/gateway.do?{query}", sandbox.url);
        let response = sandbox.client.get(url).send().await.unwrap();
        assert_eq!(response.status(), 200);
        response.text().await.unwrap()
    }

    /// Opens the pay URL and presses 付款.
    pub async fn pay(&self, sandbox: &TestSandbox, out_trade_no: &str, amount: &str, receiver: &Receiver) {
        self.open_cashier(sandbox, &self.pay_query(out_trade_no, amount, receiver))
            .await;
        let (status, answer) = sandbox
            .post(&format!("/api/alipay/trades/{out_trade_no}/pay"))
            .await;
        assert_eq!(status, 200, "{answer}");
    }

    /// Calls a method and verifies the answer's signature before reading it.
    pub async fn call(&self, sandbox: &TestSandbox, method: &str, biz_content: &Value) -> Value {
        let query = serde_urlencoded::to_string(self.signed(method, biz_content, &[])).unwrap();
        let url = format!("{}/alipay/gateway.do?{query}", sandbox.url);
        let body = sandbox
            .client
            .get(url)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let name = format!("{}_response", method.replace('.', "_"));
        self.read_answer(&body, &name).unwrap()
    }

    /// The content under `name`, if its signature is Alipay's.
    pub fn read_answer(&self, body: &str, name: &str) -> Option<Value> {
        let all: HashMap<String, &RawValue> = serde_json::from_str(body).unwrap();
        let sign: String = serde_json::from_str(all.get("sign")?.get()).unwrap();
        let content = all.get(name)?.get();
        self.is_alipays(content, &sign)
            .then(|| serde_json::from_str(content).unwrap())
    }

    /// Whether the pairs of a notify or a return URL bear Alipay's signature.
    pub fn verifies(&self, pairs: &Pairs) -> bool {
        let sign = &pairs.iter().find(|(name, _)| name == "sign").unwrap().1;
        self.is_alipays(&text_of(pairs, |name, _| name != "sign_type"), sign)
    }

    fn is_alipays(&self, text: &str, sign: &str) -> bool {
        let signature = Signature::try_from(STANDARD.decode(sign).unwrap().as_slice()).unwrap();
        self.alipay.verify(text.as_bytes(), &signature).is_ok()
    }
}

fn text_of(pairs: &Pairs, is_signed: impl Fn(&str, &str) -> bool) -> String {
    let mut sorted = pairs.clone();
    sorted.retain(|(name, value)| name != "sign" && is_signed(name, value));
    sorted.sort();
    sorted
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect::<Vec<_>>()
        .join("&")
}

pub fn value<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
    pairs
        .iter()
        .find(|(known, _)| known == name)
        .map_or("", |(_, value)| value)
}

pub fn assert_values(pairs: &Pairs, expected: &[(&str, &str)]) {
    for (name, expected) in expected {
        assert_eq!(value(pairs, name), *expected, "{name}");
    }
}

/// The merchant's `notify_url`: hands out each form it gets, and answers as it was told.
pub struct Receiver {
    pub url: String,
    forms: mpsc::UnboundedReceiver<Pairs>,
}

struct Script {
    answers: Mutex<VecDeque<&'static str>>,
    forms: mpsc::UnboundedSender<Pairs>,
}

impl Receiver {
    /// Answers with `answers`, one after the other, and from then on with `success`.
    pub fn start(answers: &[&'static str]) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/notify", listener.local_addr().unwrap());
        let (sender, forms) = mpsc::unbounded_channel();
        let answers = Mutex::new(answers.iter().copied().collect());
        let script = Data::new(Script {
            answers,
            forms: sender,
        });
        let app = move || {
            App::new()
                .app_data(script.clone())
                .route("/notify", web::post().to(receive))
        };
        let server = HttpServer::new(app)
            .workers(1)
            .disable_signals()
            .listen(listener)
            .unwrap()
            .run();
        TaskTracker::new().spawn(server);
        Receiver { url, forms }
    }

    /// The next notify, within ten seconds.
    pub async fn next(&mut self) -> Pairs {
        tokio::time::timeout(Duration::from_secs(10), self.forms.recv())
            .await
            .unwrap()
            .unwrap()
    }

    /// Whether everything that came was read.
    pub fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }
}

async fn receive(body: Bytes, script: Data<Script>) -> HttpResponse {
    script
        .forms
        .send(serde_urlencoded::from_bytes(&body).unwrap())
        .unwrap();
    let answer = script.answers.lock().unwrap().pop_front().unwrap_or("success");
    HttpResponse::Ok().content_type("text/plain").body(answer)
}
