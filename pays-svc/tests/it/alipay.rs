//! A stand-in of Alipay, written apart from the service's own signature code: naive, and told what to do by tests.

use std::collections::{BTreeMap, HashMap};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::task::Tasks;
use futures_util::future::LocalBoxFuture;
use rsa::pkcs1v15::{Signature, SigningKey, VerifyingKey};
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey};
use rsa::sha2::Sha256;
use rsa::signature::{SignatureEncoding, Signer, Verifier};
use serde_json::{Value, json};

use crate::shop::{APP_ID, ORDER, SELLER_ID};

pub type Pairs = Vec<(String, String)>;

/// How the gateway answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    Right,
    /// Not within any limit.
    Hang,
    /// `20000`, rightly signed.
    SystemError,
    /// Rightly, but signed over another text.
    WrongSign,
    /// Rightly, but unsigned.
    Unsigned,
    /// The signed content once more, under the same name and with other content.
    Twice,
    /// Carried out, but the answer is lost.
    AnswerLost,
    /// Refunds are refused for good.
    RefundRefused,
    /// Refunds fail on their way although they were accepted: nothing says more of them than their number and sum.
    RefundFailed,
}

#[derive(Clone, Debug)]
pub struct FakeTrade {
    pub trade_no: String,
    pub out_trade_no: String,
    pub status: &'static str,
    pub total_amount: String,
}

#[derive(Default)]
pub struct Book {
    pub mode: Mode,
    pub trades: Vec<FakeTrade>,
    /// `out_request_no` → amount.
    pub refunds: BTreeMap<String, String>,
    /// Methods called, in order.
    pub calls: Vec<String>,
    /// What is done at each call before it is answered.
    on_call: Option<OnCall>,
    /// What that said.
    complaints: Vec<String>,
}

type OnCall = Arc<dyn Fn(String) -> LocalBoxFuture<'static, Result<(), String>> + Send + Sync>;

#[derive(Clone)]
pub struct FakeAlipay {
    pub gateway_url: String,
    pub book: Arc<Mutex<Book>>,
    signer: Arc<SigningKey<Sha256>>,
    _server: Tasks,
}

struct Gateway {
    book: Arc<Mutex<Book>>,
    signer: Arc<SigningKey<Sha256>>,
    merchant: VerifyingKey<Sha256>,
}

impl FakeAlipay {
    pub async fn start(keys: &Path) -> Self {
        let private = rsa::RsaPrivateKey::read_pkcs8_pem_file(keys.join("alipay_private.pem")).unwrap();
        let public = rsa::RsaPublicKey::read_public_key_pem_file(keys.join("app_public.pem")).unwrap();
        let signer = Arc::new(SigningKey::<Sha256>::new(private));
        let book = Arc::<Mutex<Book>>::default();
        let gateway = Data::new(Gateway {
            book: book.clone(),
            signer: signer.clone(),
            merchant: VerifyingKey::new(public),
        });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let gateway_url = format!("http://{}/gateway.do", listener.local_addr().unwrap());
        let app = move || {
            App::new()
                .app_data(gateway.clone())
                .route("/gateway.do", web::post().to(serve))
        };
        let server = HttpServer::new(app).workers(1).disable_signals();
        let tasks = Tasks::default();
        tasks.detach(server.listen(listener).unwrap().run());
        Self {
            gateway_url,
            book,
            signer,
            _server: tasks,
        }
    }

    pub fn set_mode(&self, mode: Mode) {
        self.book.lock().unwrap().mode = mode;
    }

    /// The buyer has paid the usual order, and no notify was sent.
    pub fn has_trade(&self, status: &'static str, total_amount: &str) {
        self.book.lock().unwrap().trades.push(FakeTrade {
            trade_no: "2026112122001".into(),
            out_trade_no: ORDER.into(),
            status,
            total_amount: total_amount.into(),
        });
    }

    pub fn calls(&self, method: &str) -> usize {
        let book = self.book.lock().unwrap();
        book.calls.iter().filter(|called| *called == method).count()
    }

    /// Does `check` at each call from now on.
    pub fn on_call(
        &self,
        check: impl Fn(String) -> LocalBoxFuture<'static, Result<(), String>> + Send + Sync + 'static,
    ) {
        self.book.lock().unwrap().on_call = Some(Arc::new(check));
    }

    /// What the checks of [`Self::on_call`] complained of.
    pub fn complaints(&self) -> Vec<String> {
        self.book.lock().unwrap().complaints.clone()
    }

    /// RSA2 in base64.
    pub fn sign(&self, text: &str) -> String {
        STANDARD.encode(self.signer.sign(text.as_bytes()).to_bytes())
    }

    /// Signs a notify as Alipay does: everything but `sign` and `sign_type`, blanks included.
    pub fn signed(&self, mut pairs: Pairs) -> Pairs {
        pairs.retain(|(name, _)| name != "sign" && name != "sign_type");
        pairs.sort();
        let text: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let sign = self.sign(&text.join("&"));
        pairs.push(("sign".into(), sign));
        pairs.push(("sign_type".into(), "RSA2".into()));
        pairs
    }

    /// A notify of the usual order's payment, with `changes` made before it is signed; an empty name removes nothing,
    /// the value `-` removes the field.
    pub fn notify(&self, changes: &[(&str, &str)]) -> Pairs {
        let mut pairs: BTreeMap<String, String> = usual_fields()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        for (name, value) in changes {
            if *value == "-" {
                pairs.remove(*name);
            } else {
                pairs.insert((*name).to_owned(), (*value).to_owned());
            }
        }
        self.signed(pairs.into_iter().collect())
    }
}

fn usual_fields() -> Vec<(&'static str, &'static str)> {
    vec![
        ("app_id", APP_ID),
        ("auth_app_id", APP_ID),
        ("body", ""),
        ("buyer_id", "2088102116773037"),
        ("buyer_logon_id", "zho***@test.com"),
        ("buyer_pay_amount", "500.00"),
        ("charset", "utf-8"),
        (
            "fund_bill_list",
            r#"[{"amount":"528.00","fundChannel":"ALIPAYACCOUNT"}]"#,
        ),
        ("gmt_create", "2026-11-21 19:31:00"),
        ("gmt_payment", "2026-11-21 19:31:08"),
        ("notify_id", "2026112100222193108021100000000001"),
        ("notify_time", "2026-11-21 19:31:09"),
        ("notify_type", "trade_status_sync"),
        ("out_trade_no", ORDER),
        ("passback_params", "a=1&b=2%"),
        ("point_amount", "0.00"),
        ("receipt_amount", "500.00"),
        ("seller_id", SELLER_ID),
        ("subject", "达达 + 商城"),
        ("total_amount", "528.00"),
        ("trade_no", "2026112122001"),
        ("trade_status", "TRADE_SUCCESS"),
        ("version", "1.0"),
    ]
}

async fn serve(request: HttpRequest, body: Bytes, gateway: Data<Gateway>) -> HttpResponse {
    let mut params: BTreeMap<String, String> = serde_urlencoded::from_str(request.query_string()).unwrap();
    assert_eq!(params["charset"], "utf-8");
    params.extend(serde_urlencoded::from_bytes::<Pairs>(&body).unwrap());
    gateway.check_signature(&params);
    let method = params["method"].clone();
    let content: Value = serde_json::from_str(&params["biz_content"]).unwrap();
    let mode = gateway.book.lock().unwrap().mode;
    gateway.book.lock().unwrap().calls.push(method.clone());
    let on_call = gateway.book.lock().unwrap().on_call.clone();
    if let Some(check) = on_call
        && let Err(complaint) = check(method.clone()).await
    {
        gateway.book.lock().unwrap().complaints.push(complaint);
    }
    if mode == Mode::Hang {
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    let answer = match mode {
        Mode::SystemError => json!({"code": "20000", "msg": "unavailable", "sub_code": "isp.unknow-error"}),
        _ => gateway.carry_out(&method, &content, mode),
    };
    if mode == Mode::AnswerLost {
        return HttpResponse::BadGateway().finish();
    }
    let name = format!("{}_response", method.replace('.', "_"));
    HttpResponse::Ok().body(gateway.wrap(&name, &answer, mode))
}

impl Gateway {
    fn check_signature(&self, params: &BTreeMap<String, String>) {
        let text: Vec<String> = params
            .iter()
            .filter(|(name, value)| *name != "sign" && !value.is_empty())
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let sign = STANDARD.decode(&params["sign"]).unwrap();
        let signature = Signature::try_from(sign.as_slice()).unwrap();
        self.merchant
            .verify(text.join("&").as_bytes(), &signature)
            .unwrap();
    }

    fn wrap(&self, name: &str, answer: &Value, mode: Mode) -> String {
        // Spaces and an escaped slash: what is re-serialised no longer fits its signature.
        let content = format!(" {} ", answer.to_string().replace('/', "\\/")).replace("\":", "\" : ");
        let content = content.trim();
        let signed = if mode == Mode::WrongSign {
            "another text"
        } else {
            content
        };
        let sign = STANDARD.encode(self.signer.sign(signed.as_bytes()).to_bytes());
        match mode {
            Mode::Unsigned => format!("{{\"{name}\":{content}}}"),
            Mode::Twice => {
                let forged = content.replace("WAIT_BUYER_PAY", "TRADE_SUCCESS");
                format!("{{\"{name}\":{content},\"{name}\":{forged},\"sign\":\"{sign}\"}}")
            }
            _ => format!("{{\"{name}\":{content},\"sign\":\"{sign}\"}}"),
        }
    }

    fn carry_out(&self, method: &str, content: &Value, mode: Mode) -> Value {
        if method.starts_with("alipay.data.") {
            return json!({"code": "40004", "msg": "Business Failed", "sub_code": "isp.bill_not_exist"});
        }
        let mut book = self.book.lock().unwrap();
        let text = |name: &str| content[name].as_str().unwrap_or_default().to_owned();
        let named = |trade: &&mut FakeTrade| {
            trade.trade_no == text("trade_no") || trade.out_trade_no == text("out_trade_no")
        };
        let Book { trades, refunds, .. } = &mut *book;
        let Some(trade) = trades.iter_mut().find(named) else {
            return json!({"code": "40004", "msg": "Business Failed", "sub_code": "ACQ.TRADE_NOT_EXIST", "sub_msg": "交易不存在 {\"}"});
        };
        match method {
            "alipay.trade.query" => json!({
                "code": "10000", "msg": "Success", "out_trade_no": trade.out_trade_no, "trade_no": trade.trade_no,
                "trade_status": trade.status, "total_amount": trade.total_amount,
                "send_pay_date": "2026-11-21 19:31:08", "store_name": "a } { \" / b",
            }),
            "alipay.trade.close" if trade.status == "WAIT_BUYER_PAY" => {
                trade.status = "TRADE_CLOSED";
                json!({"code": "10000", "msg": "Success", "trade_no": trade.trade_no})
            }
            "alipay.trade.close" => {
                json!({"code": "40004", "msg": "Business Failed", "sub_code": "ACQ.TRADE_STATUS_ERROR"})
            }
            "alipay.trade.refund" if mode == Mode::RefundRefused => {
                json!({"code": "40004", "msg": "Business Failed", "sub_code": "ACQ.SELLER_BALANCE_NOT_ENOUGH"})
            }
            "alipay.trade.refund" if mode == Mode::RefundFailed => {
                json!({"code": "10000", "msg": "Success", "trade_no": trade.trade_no, "fund_change": "N"})
            }
            "alipay.trade.fastpay.refund.query" if mode == Mode::RefundFailed => json!({
                "code": "10000", "msg": "Success", "trade_no": trade.trade_no,
                "out_request_no": text("out_request_no"), "refund_amount": trade.total_amount,
            }),
            "alipay.trade.refund" => {
                let before = refunds.insert(text("out_request_no"), text("refund_amount"));
                let fund_change = if before.is_none() { "Y" } else { "N" };
                json!({"code": "10000", "msg": "Success", "trade_no": trade.trade_no, "fund_change": fund_change})
            }
            "alipay.trade.fastpay.refund.query" => match refunds.get(&text("out_request_no")) {
                Some(amount) => json!({
                    "code": "10000", "msg": "Success", "trade_no": trade.trade_no,
                    "out_request_no": text("out_request_no"), "refund_amount": amount,
                    "refund_status": "REFUND_SUCCESS",
                }),
                None => json!({"code": "10000", "msg": "Success"}),
            },
            other => panic!("method {other}"),
        }
    }
}

/// The pairs of a query or form, by name.
pub fn by_name(encoded: &str) -> HashMap<String, String> {
    serde_urlencoded::from_str(encoded).unwrap()
}
