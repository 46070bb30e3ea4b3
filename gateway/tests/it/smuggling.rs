//! Requests written to be read differently by gateway and service: one refusal each, and nobody is reached.

use std::time::Duration;

use crate::kit::start;

const QUIET: Duration = Duration::from_millis(400);

/// Framing, after `POST /v1/goods/sku HTTP/1.1`.
const FRAMINGS: &[(&str, &str)] = &[
    (
        "length and chunks",
        "host: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /v1/goods/x HTTP/1.1\r\nhost: a\r\n\r\n",
    ),
    (
        "two lengths",
        "host: a\r\ncontent-length: 0\r\ncontent-length: 5\r\n\r\nxxxxx",
    ),
    (
        "two equal lengths",
        "host: a\r\ncontent-length: 5\r\ncontent-length: 5\r\n\r\nxxxxx",
    ),
    (
        "a list of lengths",
        "host: a\r\ncontent-length: 5, 5\r\n\r\nxxxxx",
    ),
    ("a signed length", "host: a\r\ncontent-length: +5\r\n\r\nxxxxx"),
    ("a negative length", "host: a\r\ncontent-length: -5\r\n\r\nxxxxx"),
    (
        "a length in hexadecimal",
        "host: a\r\ncontent-length: 0x5\r\n\r\nxxxxx",
    ),
    (
        "a length past all bounds",
        "host: a\r\ncontent-length: 99999999999999999999999\r\n\r\n",
    ),
    (
        "a space before the colon",
        "host: a\r\ntransfer-encoding : chunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "an unknown coding",
        "host: a\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "chunked not last",
        "host: a\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    ),
    ("two hosts", "host: a\r\nhost: b\r\n\r\n"),
    ("no host", "\r\n"),
    ("a folded header", "host: a\r\nx-a: b\r\n c\r\n\r\n"),
    ("a NUL in a header", "host: a\r\nx-a: b\0c\r\n\r\n"),
    ("a bare CR in a header", "host: a\r\nx-a: b\rc\r\n\r\n"),
    (
        "a chunk size that is none",
        "host: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n\r\n",
    ),
];

#[actix_web::test]
async fn ambiguous_framing_is_400_and_reaches_nobody() {
    let (gateway, services) = start().await;
    for (what, rest) in FRAMINGS {
        let said = gateway
            .say(format!("POST /v1/goods/sku HTTP/1.1\r\n{rest}").as_bytes(), QUIET)
            .await;
        assert!(said.starts_with("HTTP/1.1 400"), "{what}: {said}");
        assert!(said.contains(r#"{"code":400,"error":"#), "{what}: {said}");
        assert_eq!(said.matches("HTTP/1.1 ").count(), 1, "{what}: {said}");
    }
    let old = "POST /v1/goods/sku HTTP/1.0\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    assert!(
        gateway
            .say(old.as_bytes(), QUIET)
            .await
            .starts_with("HTTP/1.1 400")
    );
    assert_eq!(services.hits(), 0);
}

#[actix_web::test]
async fn a_path_that_could_be_read_in_two_ways_is_400_and_reaches_nobody() {
    let (gateway, services) = start().await;
    for target in [
        "//v1/goods/index",
        "/v1//goods/index",
        "/v1/./goods/index",
        "/v1/goods/../users/activation",
        "/v1/%2e%2e/internal",
        "/v1/goods/%2E%2E/x",
        "/v1/goods/a%2fb",
        "/v1/goods/a%5Cb",
        "/v1/goods/a\\b",
        "/v1/orders;x=1/u",
        "/v1/goods/%00",
        "/v1/goods/%0d%0a",
        "/v1/goods/%",
        "/v1/goods/%zz",
        "/v1/goods/%252e",
        "/media/../../etc/passwd",
        "/media/%2e%2e%2fetc/passwd",
        "/media/a//b",
        "http://127.0.0.1/v1/goods/index",
        "http://evil.example/v1/goods/index",
        "v1/goods/index",
        "/v1/goods/\u{8fbe}",
        "/v1/goods/\u{1}",
        "/v1/goods/%ff",
        "/v1/goods/<b>",
        "/v1/goods/{a}",
        "/v1/goods/a#b",
        "*",
        "",
    ] {
        let said = gateway
            .say(
                format!("GET {target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").as_bytes(),
                QUIET,
            )
            .await;
        assert!(said.starts_with("HTTP/1.1 400"), "{target}: {said}");
        assert!(said.contains(r#"{"code":400,"error":"#), "{target}: {said}");
    }
    assert_eq!(services.hits(), 0);
}

#[actix_web::test]
async fn a_second_request_behind_a_body_is_answered_by_itself_and_not_by_the_service() {
    let (gateway, services) = start().await;
    let first = "POST /v1/goods/sku HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}";
    let second = "GET /internal/skus/query HTTP/1.1\r\nhost: a\r\n\r\n";
    let said = gateway.say(format!("{first}{second}").as_bytes(), QUIET).await;
    assert!(
        said.starts_with("HTTP/1.1 200") && said.contains("HTTP/1.1 404"),
        "{said}"
    );
    assert_eq!(services.hits(), 1);
}

#[actix_web::test]
async fn bare_line_feeds_are_400_and_reach_nobody() {
    let (gateway, services) = start().await;
    for request in [
        "POST /v1/goods/sku HTTP/1.1\nhost: a\ncontent-length: 2\n\n{}",
        "GET /v1/goods/index HTTP/1.1\r\nhost: a\n\r\n",
        "GET /v1/goods/index HTTP/1.1\r\nhost: a\r\nx: y\n\n",
        "POST /v1/goods/sku HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n",
    ] {
        let said = gateway.say(request.as_bytes(), QUIET).await;
        assert!(said.starts_with("HTTP/1.1 400"), "{request}: {said}");
        assert_eq!(said.matches("HTTP/1.1 ").count(), 1, "{said}");
    }
    assert_eq!(services.hits(), 0);
}

#[actix_web::test]
async fn a_request_behind_a_flawed_one_is_never_read() {
    let (gateway, services) = start().await;
    let flawed = "GET /v1/goods/a HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n";
    let good = "GET /v1/goods/b HTTP/1.1\r\nhost: a\r\n\r\n";
    let said = gateway.say(format!("{flawed}{good}").as_bytes(), QUIET).await;
    assert!(said.starts_with("HTTP/1.1 400"), "{said}");
    assert_eq!((said.matches("HTTP/1.1 ").count(), services.hits()), (1, 0));
}

#[actix_web::test]
async fn an_upgrade_is_not_taken_up_and_an_expectation_is_met_by_the_gateway() {
    let (gateway, _services) = start().await;
    let upgrade = "GET /v1/goods/index HTTP/1.1\r\nhost: a\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: x\r\n\r\n";
    let said = gateway.say(upgrade.as_bytes(), QUIET).await;
    assert!(
        said.starts_with("HTTP/1.1 200") && !said.contains("http2-settings"),
        "{said}"
    );
    let expecting =
        "POST /v1/goods/sku HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n{}";
    let said = gateway.say(expecting.as_bytes(), QUIET).await;
    assert!(
        said.contains("HTTP/1.1 200") && !said.contains("expect"),
        "{said}"
    );
}
