//! What the document promises of every operation at once: who may call it, and that refusals have the envelope.

use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use tests::buyer::Buyer;
use tests::document::{self, Operation};
use tests::shop::{Mode, Shop};

use crate::options;

in_both_modes!(
    whoever_may_not_call_an_operation_is_told_so,
    what_cannot_be_read_is_refused_in_the_envelope,
);

const SOMEONE_ELSE: &str = "somebody01";

async fn whoever_may_not_call_an_operation_is_told_so(mode: Mode) {
    let Some(shop) = Shop::start(mode, options().without_sms()).await else {
        return;
    };
    let buyer = Buyer::register_without_code(&shop.api).await;
    let mut findings = Vec::new();
    for operation in document::of_sources().operations() {
        if !operation.needs_login() {
            continue;
        }
        let is_owned = operation.path.contains("{username}");
        let is_for_staff = operation.path.starts_with("/v1/staff/");
        let forged = format!("{}x", buyer.token);
        let mut tries = vec![
            ("null", 403, "without a token"),
            (&*forged, 403, "with a forged token"),
        ];
        if is_owned || is_for_staff {
            tries.push((&buyer.token, refusal_code(operation), "with another user's token"));
        }
        for (token, code, how) in tries {
            let answer = call(&shop, operation, SOMEONE_ELSE, token, Body::Example).await;
            let answer: Value = answer.json().await.unwrap_or_default();
            if answer["code"] != code || !answer["error"].is_string() {
                findings.push(format!(
                    "{} {} {how}: {answer} instead of {code}",
                    operation.method, operation.path
                ));
            }
        }
    }
    assert!(findings.is_empty(), "{findings:#?}");
}

async fn what_cannot_be_read_is_refused_in_the_envelope(mode: Mode) {
    let Some(shop) = Shop::start(mode, options().without_sms()).await else {
        return;
    };
    let buyer = Buyer::register_without_code(&shop.api).await;
    let document = document::of_sources();
    let mut findings = Vec::new();
    for operation in document.operations() {
        if operation.path.starts_with("/v1/staff/") {
            continue; // a buyer gets no further than to be refused
        }
        let mut expect = |what: &str, status: u16, has: u16, answer: &Value| {
            let is_envelope = answer["code"].is_u64() && answer["error"].is_string();
            if has != status || !is_envelope || answer["code"] == 200 {
                findings.push(format!(
                    "{} {}, {what}: {has} {answer}",
                    operation.method, operation.path
                ));
            }
        };
        let has_other = |method: &str| document.operation(method, operation.path).is_some();
        if !has_other("patch") && operation.method != "head" {
            let wrong = call_as(&shop, Method::PATCH, operation, &buyer, Body::Example).await;
            expect(
                "wrong method",
                405,
                wrong.status().as_u16(),
                &wrong.json().await.unwrap_or_default(),
            );
        }
        if operation.body_example().is_some() {
            let method: Method = operation.method.to_ascii_uppercase().parse().unwrap();
            let broken = call_as(&shop, method.clone(), operation, &buyer, Body::Broken).await;
            let is_read = operation.value["requestBody"]["required"] == true;
            if is_read {
                expect(
                    "broken JSON",
                    200,
                    broken.status().as_u16(),
                    &broken.json().await.unwrap_or_default(),
                );
            }
            let huge = call_as(&shop, method, operation, &buyer, Body::Huge).await;
            expect(
                "huge body",
                413,
                huge.status().as_u16(),
                &huge.json().await.unwrap_or_default(),
            );
        }
    }
    assert!(findings.is_empty(), "{findings:#?}");
}

/// The code by which a service refuses those who are logged in but not allowed.
fn refusal_code(operation: Operation<'_>) -> u64 {
    let table = &document::of_sources().0["x-error-code-table"];
    let wanted = if operation.path.starts_with("/v1/staff/") {
        "NOT_STAFF"
    } else {
        "NOT_OWNER"
    };
    let codes = operation.codes();
    let code = codes
        .iter()
        .find(|code| table[code.to_string()]["name"] == wanted);
    *code.unwrap_or_else(|| panic!("{} {} lists no {wanted}", operation.method, operation.path))
}

enum Body {
    /// The document's own, if there is one.
    Example,
    Broken,
    /// More than any route for buyers takes.
    Huge,
}

async fn call_as(
    shop: &Shop,
    method: Method,
    operation: Operation<'_>,
    buyer: &Buyer,
    body: Body,
) -> Response {
    let request = client().request(method, target(shop, operation, &buyer.username));
    send(request, operation, &buyer.token, body).await
}

async fn call(shop: &Shop, operation: Operation<'_>, username: &str, token: &str, body: Body) -> Response {
    let method: Method = operation.method.to_ascii_uppercase().parse().unwrap();
    let request = client().request(method, target(shop, operation, username));
    send(request, operation, token, body).await
}

async fn send(
    request: reqwest::RequestBuilder,
    operation: Operation<'_>,
    token: &str,
    body: Body,
) -> Response {
    let request = request.header("authorization", token);
    let request = match (body, operation.body_example()) {
        (Body::Example, None) => request,
        (Body::Example, Some(example)) => request.json(example),
        (Body::Broken, _) => request.header("content-type", "application/json").body("{"),
        (Body::Huge, _) => request.json(&json!({ "x": "x".repeat(200 * 1024) })),
    };
    request.send().await.expect("an answer")
}

/// The operation's address with something in place of every name, and what its query needs.
fn target(shop: &Shop, operation: Operation<'_>, username: &str) -> String {
    let mut path = operation.path.replace("{username}", username);
    let mut query = Vec::new();
    for parameter in operation.parameters() {
        let name = parameter["name"].as_str().expect("a name");
        if parameter["in"] == "path" {
            let example = parameter["example"].as_str();
            let value = example.or(parameter["schema"]["enum"][0].as_str()).unwrap_or("1");
            path = path.replace(&format!("{{{name}}}"), value);
        } else if parameter["in"] == "query" && parameter["required"] == true {
            query.push(format!("{name}=1"));
        }
    }
    format!("{}{path}?{}", shop.api.base_url(), query.join("&"))
}

fn client() -> Client {
    common::http_client::outside_client(std::time::Duration::from_secs(30)).expect("HTTP client")
}
