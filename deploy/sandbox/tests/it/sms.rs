//! Ronglian SMS: what is accepted, what is refused, and where it arrives.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{FixedOffset, TimeDelta, Utc};
use md5::{Digest, Md5};
use serde_json::{Value, json};

use crate::setup::{SMS_APP_ID, SMS_SID, SMS_TOKEN, TestSandbox};

struct Request {
    sig_timestamp: String,
    authorization: String,
    body: Value,
}

fn timestamp(age: TimeDelta) -> String {
    let gmt8 = FixedOffset::east_opt(8 * 3600).unwrap();
    (Utc::now() - age)
        .with_timezone(&gmt8)
        .format("%Y%m%d%H%M%S")
        .to_string()
}

fn request(phone: &str, code: &str) -> Request {
    let timestamp = timestamp(TimeDelta::zero());
    Request {
        authorization: format!("{SMS_SID}:{timestamp}"),
        sig_timestamp: timestamp,
        body: json!({"to": phone, "appId": SMS_APP_ID, "templateId": "1", "datas": [code, "5"]}),
    }
}

async fn send(sandbox: &TestSandbox, request: Request) -> Value {
    let digest = Md5::digest(format!("{SMS_SID}{SMS_TOKEN}{}", request.sig_timestamp));
    let sig: String = digest.iter().map(|byte| format!("{byte:02X}")).collect();
    let url = format!(
        "{}/2013-12-26/Accounts/{SMS_SID}/SMS/TemplateSMS?sig={sig}",
        sandbox.url
    );
    let posted = sandbox
        .client
        .post(url)
        .header("authorization", STANDARD.encode(request.authorization));
    let response = posted.json(&request.body).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

#[tokio::test]
async fn messages_arrive_newest_first_and_by_phone() {
    let sandbox = TestSandbox::start().await;
    for (phone, code) in [
        ("13800000001", "111111"),
        ("13800000002", "222222"),
        ("13800000001", "333333"),
    ] {
        let answer = send(&sandbox, request(phone, code)).await;
        assert_eq!(answer["statusCode"], "000000", "{answer}");
        assert_eq!(answer["templateSMS"]["smsMessageSid"].as_str().unwrap().len(), 32);
    }
    let codes = async |path: &str| -> Vec<String> {
        let (_, messages) = sandbox.get(path).await;
        let messages = messages.as_array().unwrap().clone();
        messages
            .iter()
            .map(|sms| sms["code"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(codes("/api/sms").await, ["333333", "222222", "111111"]);
    assert_eq!(codes("/api/sms?phone=13800000001").await, ["333333", "111111"]);
    let (_, messages) = sandbox.get("/api/sms?phone=13800000002").await;
    assert!(messages[0]["text"].as_str().unwrap().contains("222222"));
    let page = sandbox
        .client
        .get(format!("{}/sms", sandbox.url))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(page.contains("333333"));
}

#[tokio::test]
async fn whatever_is_not_exactly_signed_and_complete_is_refused() {
    let sandbox = TestSandbox::start().await;
    let with = |change: &dyn Fn(&mut Request)| {
        let mut request = request("13800000001", "111111");
        change(&mut request);
        request
    };
    let yesterday = timestamp(TimeDelta::hours(25));
    let requests = [
        (
            "111109",
            with(&|request| request.sig_timestamp = "20200101000000".to_owned()),
        ),
        (
            "111105",
            with(&|request| request.authorization = SMS_SID.to_owned()),
        ),
        (
            "111108",
            with(&|request| request.authorization = format!("other:{}", request.sig_timestamp)),
        ),
        (
            "111107",
            with(&|request| {
                request.sig_timestamp = yesterday.clone();
                request.authorization = format!("{SMS_SID}:{yesterday}");
            }),
        ),
        ("160042", with(&|request| request.body["to"] = json!("1380000"))),
        ("111181", with(&|request| request.body["appId"] = json!("other"))),
        ("160032", with(&|request| request.body["templateId"] = json!("2"))),
        ("112308", with(&|request| request.body["datas"] = json!([]))),
        ("160031", with(&|request| request.body = json!("x"))),
    ];
    for (code, request) in requests {
        assert_eq!(send(&sandbox, request).await["statusCode"], code);
    }
    sandbox.put("/api/switches", r#"{"sms":"error"}"#).await;
    assert_eq!(
        send(&sandbox, request("13800000001", "1")).await["statusCode"],
        "160050"
    );
    assert_eq!(sandbox.get("/api/sms").await.1, json!([]));
}
