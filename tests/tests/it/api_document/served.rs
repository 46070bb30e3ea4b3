//! That the gateway serves the document that the sources make, whole, in every mode.

use serde_json::Value;
use tests::document;
use tests::poll;
use tests::shop::{Mode, Shop};

use crate::options;

in_both_modes!(the_gateway_serves_the_document_of_all_services);

async fn the_gateway_serves_the_document_of_all_services(mode: Mode) {
    let Some(shop) = Shop::start(mode, options()).await else {
        return;
    };
    let url = format!("{}/v1/openapi.json", shop.api.base_url());
    let client = reqwest::Client::new();
    let served = poll::eventually("the document has all parts", || async {
        let answer = client.get(&url).send().await.ok()?;
        assert_eq!(answer.headers()["content-type"], "application/json");
        let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
        let text = answer.text().await.ok()?;
        let document: Value = serde_json::from_str(&text).unwrap();
        (document == document::of_sources().0).then_some(tag)
    });
    let tag = served.await;
    let again = client
        .get(&url)
        .header("if-none-match", &tag)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (again.status().as_u16(), again.headers()["etag"].to_str().unwrap()),
        (304, tag.as_str())
    );
}
