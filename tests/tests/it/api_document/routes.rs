//! That `routes.rs` and `openapi.yaml` of each service name the same paths and methods, and every part is complete.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tests::document::{self, METHODS};
use tests::workspace::{self, SERVICES, SourceFile};

/// Method and path.
type Route = (String, String);

#[test]
fn every_route_is_documented_and_every_documented_route_is_there() {
    let mut findings = Vec::new();
    for (service, codes) in document::SERVICES {
        let served = served(service);
        let documented = documented(&document::part(service, codes).openapi);
        let lacks = |route: &Route| format!("{service}/openapi.yaml lacks {} {}", route.0, route.1);
        findings.extend(served.difference(&documented).map(lacks));
        let invents = |route: &Route| format!("{service}/openapi.yaml invents {} {}", route.0, route.1);
        findings.extend(documented.difference(&served).map(invents));
    }
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn every_operation_is_named_described_and_belongs_somewhere() {
    let document = document::of_sources();
    let tags = document.0["tags"].as_array().expect("tags");
    let (mut names, mut findings) = (BTreeSet::new(), Vec::new());
    for operation in document.operations() {
        let text = |name: &str| operation.value[name].as_str().unwrap_or_default();
        let is_tagged = tags.iter().any(|tag| tag["name"] == operation.value["tags"][0]);
        let has_codes = operation.value["responses"]["200"]["content"]["application/json"].is_null()
            || operation.value["x-error-codes"].is_array()
            || operation.path == "/v1/openapi.json";
        for (is_so, what) in [
            (names.insert(text("operationId")), "has a name of its own"),
            (!text("summary").is_empty(), "has a summary"),
            (!text("description").is_empty(), "has a description"),
            (is_tagged, "has a tag of the head"),
            (has_codes, "lists its codes"),
        ] {
            if !is_so {
                findings.push(format!("{} {}: not so: {what}", operation.method, operation.path));
            }
        }
    }
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn nothing_in_the_document_is_empty() {
    let mut findings = Vec::new();
    find_empty(&document::of_sources().0, "", &mut findings);
    assert!(
        findings.is_empty(),
        "a comma in `{{a: b, c}}` begins a new key: {findings:#?}"
    );
}

/// Nulls outside examples: what YAML makes of a comma in a text without quotes.
fn find_empty(value: &Value, at: &str, findings: &mut Vec<String>) {
    for (name, inner) in value.as_object().into_iter().flatten() {
        let path = format!("{at}/{name}");
        if inner.is_null() {
            findings.push(path);
        } else if name != "example" && name != "examples" {
            find_empty(inner, &path, findings);
        }
    }
    for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
        find_empty(inner, &format!("{at}/{index}"), findings);
    }
}

#[test]
fn no_two_services_name_the_same_path_or_component() {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let mut findings = Vec::new();
    let head = common::yaml::read(gateway::documents::HEAD).unwrap();
    let parts = document::SERVICES.map(|(service, codes)| (service, document::part(service, codes).openapi));
    for (owner, part) in std::iter::once(&("gateway", head)).chain(&parts) {
        let names = |value: &Value| {
            value
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| name.clone())
                .collect()
        };
        let paths: Vec<String> = names(&part["paths"]);
        let mut all = paths;
        for kind in [
            "schemas",
            "parameters",
            "responses",
            "requestBodies",
            "securitySchemes",
        ] {
            let components: Vec<String> = names(&part["components"][kind]);
            all.extend(components.into_iter().map(|name| format!("{kind}/{name}")));
        }
        for name in all {
            if let Some(other) = seen.insert(name.clone(), owner) {
                findings.push(format!("{name} is in {other} and in {owner}"));
            }
        }
    }
    assert!(findings.is_empty(), "{findings:#?}");
}

fn documented(openapi: &Value) -> BTreeSet<Route> {
    let paths = openapi["paths"].as_object().expect("paths").iter();
    let routes = paths.flat_map(|(path, item)| {
        let methods = METHODS.iter().filter(|method| item.get(**method).is_some());
        methods.map(|method| ((*method).to_owned(), path.clone()))
    });
    routes.collect()
}

/// What a service's routes say, `/internal/…` left out.
fn served(service: &str) -> BTreeSet<Route> {
    let places = [
        format!("{service}/src/routes.rs"),
        format!("{service}/src/routes/"),
    ];
    let files = workspace::rust_files().into_iter();
    let files: Vec<SourceFile> = files
        .filter(|file| places.iter().any(|place| file.path.starts_with(place)))
        .collect();
    assert!(SERVICES.contains(&service) && !files.is_empty(), "{service}");
    let constants: BTreeMap<String, String> = files.iter().flat_map(constants).collect();
    files
        .iter()
        .flat_map(|file| routes_in(file, &constants))
        .collect()
}

/// `const NAME: &str = "/…";`
fn constants(file: &SourceFile) -> Vec<(String, String)> {
    let declared = file.code_lines().filter_map(|(_, line)| {
        let (name, path) = line.split_once("const ")?.1.split_once(": &str = \"/")?;
        Some((name.to_owned(), format!("/{}", path.split('"').next()?)))
    });
    declared.collect()
}

/// A path belongs to the methods after it; several paths in a row (those of a loop) to the same ones.
fn routes_in(file: &SourceFile, constants: &BTreeMap<String, String>) -> Vec<Route> {
    let (mut paths, mut found, mut has_methods) = (Vec::new(), Vec::new(), false);
    for (_, line) in file.code_lines() {
        if line.contains("const ") {
            continue;
        }
        for token in tokens(line) {
            match token {
                Token::Path(name) => {
                    if std::mem::take(&mut has_methods) {
                        paths.clear();
                    }
                    paths.push(constants.get(&name).cloned().unwrap_or(name));
                }
                Token::Method(method) => {
                    has_methods = true;
                    let public = paths
                        .iter()
                        .filter(|path| path.starts_with("/v1/") || path.starts_with("/media/"));
                    found.extend(public.map(|path| (method.to_owned(), path.clone())));
                }
            }
        }
    }
    found
}

enum Token {
    /// A path, or the name of a constant that is one.
    Path(String),
    Method(&'static str),
}

/// Paths and methods of a line, in their order.
fn tokens(line: &str) -> Vec<Token> {
    let mut found = Vec::new();
    for (at, c) in line.char_indices() {
        let rest = &line[at..];
        if let Some(text) = rest.strip_prefix("\"/") {
            let path = text.split('"').next().unwrap_or_default();
            found.push((at, Token::Path(format!("/{}", path.replace(":.*}", "}")))));
        } else if let Some(argument) = rest.strip_prefix("resource(") {
            let name = argument.split(')').next().unwrap_or_default();
            if !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_') {
                found.push((at, Token::Path(name.to_owned())));
            }
        } else if rest.starts_with("::") || c == '.' {
            let rest = rest.trim_start_matches([':', '.']);
            let method = METHODS.into_iter().find(|method| {
                let arguments = rest.strip_prefix(method).and_then(|rest| rest.strip_prefix('('));
                // `web::get()` has no argument, `.get(handler)` one, and `request.head()` is neither.
                arguments.is_some_and(|arguments| arguments.starts_with(')') == (c == ':'))
            });
            found.extend(method.map(|method| (at, Token::Method(method))));
        }
    }
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, token)| token).collect()
}
