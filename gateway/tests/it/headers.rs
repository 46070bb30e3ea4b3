//! Which headers get through, and what the gateway says itself.

use serde_json::{Value, json};

use crate::kit::{client, start};

#[actix_web::test]
async fn headers_that_claim_an_identity_do_not_get_through() {
    let (gateway, services) = start().await;
    let claims = [
        ("x-user-id", "1"),
        ("x-user-name", "admin"),
        ("x-internal-token", "x"),
        ("x-real-ip", "8.8.8.8"),
        ("x-forwarded-for", "8.8.8.8"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "for=8.8.8.8"),
        ("x-deadline-ms", "1"),
        ("x-http-method-override", "DELETE"),
        ("x-original-url", "/internal"),
        ("x-request-id", "mine"),
        ("tracestate", "a=b"),
        ("te", "trailers"),
        ("connection", "x-named, keep-alive"),
        ("x-named", "1"),
        ("upgrade", "h2c"),
        ("proxy-authorization", "x"),
    ];
    let request = claims.iter().fold(
        client().get(gateway.url("/v1/goods/index")),
        |request, (name, value)| request.header(*name, *value),
    );
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    let headers = &answer["headers"];
    for name in [
        "x-user-id",
        "x-user-name",
        "x-internal-token",
        "x-real-ip",
        "x-forwarded-host",
        "forwarded",
        "x-http-method-override",
        "x-original-url",
        "tracestate",
        "te",
        "connection",
        "x-named",
        "upgrade",
        "proxy-authorization",
    ] {
        assert_eq!(headers[name], Value::Null, "{name}");
    }
    assert_eq!(headers["x-forwarded-for"], json!(["127.0.0.1"]));
    assert_eq!(headers["x-forwarded-proto"], json!(["http"]));
    assert_eq!(headers["x-deadline-ms"], json!(["3000"]));
    assert_eq!(headers["host"], json!([services.goods.address.to_string()]));
    assert_ne!(headers["x-request-id"], json!(["mine"]));
}

#[actix_web::test]
async fn what_services_read_gets_through() {
    let (gateway, _services) = start().await;
    let passed = [
        ("accept-language", "en"),
        ("content-type", "application/x-www-form-urlencoded; charset=UTF-8"),
        ("idempotency-key", "k-1"),
        ("user-agent", "test"),
        ("if-none-match", "\"7\""),
        ("range", "bytes=0-9"),
        ("x-requested-with", "XMLHttpRequest"),
        ("origin", "http://127.0.0.1:7000"),
    ];
    let request = passed.iter().fold(
        client().post(gateway.url("/v1/goods/sku")).body("{}"),
        |request, (name, value)| request.header(*name, *value),
    );
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    for (name, value) in passed {
        assert_eq!(answer["headers"][name], json!([value]), "{name}");
    }
    assert_eq!(answer["headers"]["content-length"], json!(["2"]));
    assert_eq!(answer["body"], "{}");
}

#[actix_web::test]
async fn a_trace_goes_on_and_names_the_answer() {
    let (gateway, _services) = start().await;
    let trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("00-{trace_id}-00f067aa0ba902b7-01");
    let answer = client()
        .get(gateway.url("/v1/goods/index"))
        .header("traceparent", &parent)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["x-request-id"], trace_id);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["headers"]["x-request-id"], json!([trace_id]));
    let child = answer["headers"]["traceparent"][0].as_str().unwrap();
    assert!(
        child.starts_with(&format!("00-{trace_id}-")) && child != parent,
        "{child}"
    );
}

#[actix_web::test]
async fn an_answer_shows_neither_software_nor_the_services_cross_origin_headers() {
    let (gateway, _services) = start().await;
    for target in ["/v1/goods/index", "/nowhere"] {
        let answer = client().get(gateway.url(target)).send().await.unwrap();
        let headers = answer.headers();
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["x-request-id"].len(), 32);
        assert_eq!(headers["x-frame-options"], "DENY");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        for name in [
            "server",
            "strict-transport-security",
            "x-powered-by",
            "keep-alive",
            "access-control-allow-origin",
            "access-control-allow-credentials",
        ] {
            assert!(!headers.contains_key(name), "{target}: {name}");
        }
    }
    let answer = client().get(gateway.url("/v1/goods/index")).send().await.unwrap();
    assert_eq!(answer.headers()["etag"], "\"7\"");
}
