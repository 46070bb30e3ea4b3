//! The API document and its page: there whatever the services do, and nothing of theirs is loaded from elsewhere.

use serde_json::Value;

use crate::kit::{Gateway, client, start};

const PAGE: [(&str, &str); 3] = [
    ("/v1/docs", "text/html; charset=utf-8"),
    ("/v1/docs/page.css", "text/css; charset=utf-8"),
    ("/v1/docs/page.js", "text/javascript; charset=utf-8"),
];

#[actix_web::test]
async fn the_document_is_there_although_no_service_says_anything() {
    let (gateway, _services) = start().await;
    let answer = client()
        .get(gateway.url("/v1/openapi.json/"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(answer.headers()["cache-control"], "no-cache");
    let document: Value = answer.json().await.unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["paths"]["/v1/docs"]["get"]["operationId"], "getApiPage");
    assert_eq!(document["x-error-code-table"]["404"]["name"], "NO_SUCH_ROUTE");
}

#[actix_web::test]
async fn the_page_is_three_files_that_name_no_other_host() {
    let (gateway, services) = start().await;
    for (path, content_type) in PAGE {
        let answer = client().get(gateway.url(path)).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], content_type);
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'"),
            "{policy}"
        );
        let text = answer.text().await.unwrap();
        for elsewhere in ["http:", "https:", "src=\"//", "url(", "@import"] {
            assert!(!text.contains(elsewhere), "{path} names {elsewhere}");
        }
    }
    assert_eq!(services.hits(), 0);
}

#[actix_web::test]
async fn who_has_a_copy_is_told_that_it_holds() {
    let gateway = Gateway::start(&[]).await;
    let url = gateway.url("/v1/docs");
    let first = client().get(&url).send().await.unwrap();
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    for tags in [tag.clone(), format!("\"x\", W/{tag}")] {
        let again = client()
            .get(&url)
            .header("if-none-match", tags)
            .send()
            .await
            .unwrap();
        assert_eq!(again.status(), 304);
        assert_eq!(again.text().await.unwrap(), "");
    }
    let changed = client()
        .get(&url)
        .header("if-none-match", "\"x\"")
        .send()
        .await
        .unwrap();
    assert_eq!(changed.status(), 200);
}

#[actix_web::test]
async fn the_document_can_be_read_and_nothing_else() {
    let gateway = Gateway::start(&[]).await;
    let url = gateway.url("/v1/docs/page.js");
    let head = client().head(&url).send().await.unwrap();
    assert_eq!(head.status(), 200);
    assert_eq!(head.text().await.unwrap(), "");
    let posted = client().post(&url).send().await.unwrap();
    assert_eq!(posted.status(), 405);
    let refusal: Value = posted.json().await.unwrap();
    assert_eq!(refusal["code"], 405);
    let missing = client()
        .get(gateway.url("/v1/docs/page.html"))
        .send()
        .await
        .unwrap();
    assert_eq!(missing.status(), 404);
}
