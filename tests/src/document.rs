//! The API document as the sources make it, and whether an answer is one that it allows.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use common::api_document::ServiceDocument;
use common::error_codes::ErrorCode;
use gateway::documents::{HEAD, merge};
use serde_json::Value;

use crate::schema::Schemas;
use crate::workspace;

/// Methods as OpenAPI writes them.
pub const METHODS: [&str; 6] = ["get", "head", "post", "put", "patch", "delete"];

/// The services' parts, in the order in which the gateway adds them: name and error table.
pub const SERVICES: [(&str, &[ErrorCode]); 5] = [
    ("users-svc", users_svc::error_codes::ALL),
    ("goods-svc", goods_svc::error_codes::ALL),
    ("carts-svc", carts_svc::error_codes::ALL),
    ("orders-svc", orders_svc::error_codes::ALL),
    ("pays-svc", pays_svc::error_codes::ALL),
];

/// An API document.
#[derive(Clone, Debug)]
pub struct ApiDocument(pub Value);

/// One operation of it.
#[derive(Clone, Copy, Debug)]
pub struct Operation<'d> {
    document: &'d ApiDocument,
    /// Its path, with names in braces.
    pub path: &'d str,
    /// Its method in small letters.
    pub method: &'d str,
    /// What the document says of it.
    pub value: &'d Value,
}

/// The document of the sources beside these tests.
pub fn of_sources() -> &'static ApiDocument {
    static DOCUMENT: OnceLock<ApiDocument> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let head = common::yaml::read(HEAD).expect("YAML");
        let parts = SERVICES.map(|(service, codes)| part(service, codes));
        ApiDocument(merge::merge(head, &parts))
    })
}

/// A service's part as its sources have it.
pub fn part(service: &str, codes: &[ErrorCode]) -> ServiceDocument {
    let path = format!("{service}/openapi.yaml");
    let text = workspace::read(&path).unwrap_or_else(|| panic!("no {path}"));
    ServiceDocument::read(&text, codes).unwrap_or_else(|error| panic!("{path}: {error:?}"))
}

impl ApiDocument {
    /// Every operation.
    pub fn operations(&self) -> Vec<Operation<'_>> {
        let mut found = Vec::new();
        for (path, item) in self.0["paths"].as_object().expect("paths") {
            for method in METHODS {
                if let Some(value) = item.get(method) {
                    found.push(Operation {
                        document: self,
                        path,
                        method,
                        value,
                    });
                }
            }
        }
        found
    }

    /// The operation for a path as it is called, with or without query and trailing slash. Fixed words win over names.
    pub fn operation(&self, method: &str, target: &str) -> Option<Operation<'_>> {
        let path = target.split('?').next().unwrap_or_default().trim_end_matches('/');
        self.operations()
            .into_iter()
            .filter(|operation| operation.method.eq_ignore_ascii_case(method) && fits(operation.path, path))
            .min_by_key(|operation| operation.path.matches('{').count())
    }

    /// Why the document does not allow this answer; empty when it does.
    pub fn findings(&self, method: &str, target: &str, status: u16, answer: &Value) -> Vec<String> {
        let Some(operation) = self.operation(method, target) else {
            return vec!["there is no such operation in the document".to_owned()];
        };
        let pointer = format!("/responses/{status}/content/application~1json/schema");
        match operation.value.pointer(&pointer) {
            None => vec![format!("status {status} is not in the document")],
            Some(schema) => Schemas(&self.0).findings(schema, answer),
        }
    }

    /// Follows references until there is something else.
    pub fn resolve<'d>(&'d self, value: &'d Value) -> &'d Value {
        Schemas(&self.0).resolve(value)
    }
}

impl<'d> Operation<'d> {
    /// Its codes.
    pub fn codes(&self) -> BTreeSet<u64> {
        let codes = self.value["x-error-codes"].as_array();
        codes.into_iter().flatten().filter_map(Value::as_u64).collect()
    }

    /// Whether one has to be logged in.
    pub fn needs_login(&self) -> bool {
        self.value["security"]
            .as_array()
            .is_some_and(|security| !security.is_empty())
    }

    /// Its parameters, those of its path among them.
    pub fn parameters(&self) -> Vec<&'d Value> {
        let document = self.document;
        let of_path = document.0["paths"][self.path]["parameters"].as_array();
        let own = self.value["parameters"].as_array();
        let all = of_path.into_iter().chain(own).flatten();
        all.map(|parameter| document.resolve(parameter)).collect()
    }

    /// An example of its JSON body.
    pub fn body_example(&self) -> Option<&'d Value> {
        let media = self.value.pointer("/requestBody/content/application~1json")?;
        let named = || media["examples"].as_object()?.values().next()?.get("value");
        media.get("example").or_else(named)
    }
}

fn fits(pattern: &str, path: &str) -> bool {
    if let Some(folder) = pattern.strip_suffix("{path}") {
        return path.len() > folder.len() && path.starts_with(folder);
    }
    let (mut words, mut segments) = (pattern.split('/'), path.split('/'));
    loop {
        match (words.next(), segments.next()) {
            (None, None) => return true,
            (Some(word), Some(segment)) if word == segment || word.starts_with('{') => {}
            _ => return false,
        }
    }
}
