//! The API document and its page: `/v1/openapi.json`, `/v1/docs`. What nobody can see from outside a service is asked of
//! the services themselves, at most twice a minute, and kept (docs/adr/0012-api-documents.md).

mod collect;
mod page;

pub mod merge;

pub use self::collect::HEAD;

use common::error_codes::shared;
use common::error_reply::Failure;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH};
use http::request::Parts;
use http::{Method, Response, StatusCode};

use self::collect::Collection;
use self::page::Page;
use crate::download::Content;
use crate::startup::Needs;

/// A copy is kept, and asked after each time: an unchanged one costs no body.
const KEEP_AND_ASK: HeaderValue = HeaderValue::from_static("no-cache");
/// The page is its own three files and calls its own host; nothing else may be loaded, run or framed.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// One of the gateway's own addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// The OpenAPI document.
    OpenApi,
    /// A file of the page that shows it.
    Page(Page),
}

/// Answers for [`Document`]s. One for all threads.
pub struct Documents(Collection);

impl Document {
    /// What lies at a path without trailing slash.
    pub fn at(path: &str) -> Option<Self> {
        match path {
            "/v1/openapi.json" => Some(Self::OpenApi),
            "/v1/docs" => Some(Self::Page(Page::Html)),
            "/v1/docs/page.css" => Some(Self::Page(Page::Style)),
            "/v1/docs/page.js" => Some(Self::Page(Page::Script)),
            _ => None,
        }
    }
}

impl Documents {
    /// Asks the services that the settings name, once somebody wants to know.
    ///
    /// # Errors
    /// The setting at fault.
    pub fn new(needs: &Needs) -> anyhow::Result<Self> {
        Collection::new(needs).map(Self)
    }

    /// The document, or 304 for who has it already.
    ///
    /// # Errors
    /// Other methods than GET and HEAD.
    pub async fn answer(&self, head: &Parts, document: Document) -> Result<Response<Content>, Failure> {
        if !matches!(head.method, Method::GET | Method::HEAD) {
            return Err(Failure::of_transport(shared::METHOD_NOT_ALLOWED));
        }
        let (content_type, text, tag) = match document {
            Document::OpenApi => {
                let (text, tag) = self.0.current().await;
                ("application/json", text, tag)
            }
            Document::Page(page) => (page.content_type(), page.text(), page.tag()),
        };
        let mut answer = if knows(head, &tag) {
            let mut answer = Response::new(Content::nothing());
            *answer.status_mut() = StatusCode::NOT_MODIFIED;
            answer
        } else {
            let mut answer = Response::new(Content::own(text));
            let content_type = HeaderValue::from_static(content_type);
            answer.headers_mut().insert(CONTENT_TYPE, content_type);
            answer
        };
        let headers = answer.headers_mut();
        headers.extend(HeaderValue::from_str(&tag).map(|tag| (ETAG, tag)));
        headers.insert(CACHE_CONTROL, KEEP_AND_ASK);
        headers.insert(CONTENT_SECURITY_POLICY, POLICY);
        Ok(answer)
    }
}

/// Whether the client has what this tag names.
fn knows(head: &Parts, tag: &str) -> bool {
    let named = head.headers.get_all(IF_NONE_MATCH).into_iter();
    named.filter_map(|tags| tags.to_str().ok()).any(|tags| {
        tags.split(',')
            .any(|known| known.trim().trim_start_matches("W/") == tag)
    })
}
