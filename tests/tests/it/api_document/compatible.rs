//! That the document promises what the contract of the existing pages asks for: every path, parameter, field and code.
//!
//! The contract lies outside this repository; where it is not there, there is nothing to compare with.

use std::collections::BTreeSet;

use serde_json::Value;
use tests::document::{self, ApiDocument, Operation};
use tests::workspace;

/// Relative to the root of the workspace.
const CONTRACT: &str = "../shared/design/openapi-compat.yaml";
/// Pages of 2019: optional (contract §8), not served.
const LEGACY: &str = "legacy";
/// Codes of the contract's table that its own decisions retire.
const RETIRED: [(u64, &str); 4] = [
    (10113, "a database that fails is answered with 10199 everywhere"),
    (
        10102,
        "an unknown user is answered as a wrong password (contract §0.3)",
    ),
    (10115, "the default address may be deleted (contract §0.4)"),
    (
        10117,
        "an unknown e-mail address gets the same answer as a known one (contract §0.2)",
    ),
];
/// Operations of the contract that are not there yet. May only shrink.
const TO_COME: [&str; 0] = [];

#[test]
fn the_document_promises_what_the_pages_need() {
    let Some(contract) = workspace::read(CONTRACT) else {
        println!("skipped: there is no {CONTRACT}");
        return;
    };
    let contract = ApiDocument(common::yaml::read(&contract).unwrap());
    let ours = document::of_sources();
    let mut findings = Vec::new();
    for wanted in contract.operations() {
        let name = wanted.value["operationId"].as_str().unwrap_or_default();
        if wanted.value["tags"][0] == LEGACY {
            continue;
        }
        let found = ours.operation(wanted.method, wanted.path);
        let found = found.filter(|found| found.path == wanted.path.trim_end_matches('/'));
        match (found, TO_COME.contains(&name)) {
            (None, true) => {}
            (None, false) => findings.push(format!("{name}: {} {} is missing", wanted.method, wanted.path)),
            (Some(_), true) => findings.push(format!("{name} is there: strike it from TO_COME")),
            (Some(found), false) => {
                let mut own = compare(&contract, wanted, ours, found);
                own.iter_mut()
                    .for_each(|finding| finding.insert_str(0, &format!("{name}: ")));
                findings.append(&mut own);
            }
        }
    }
    assert!(findings.is_empty(), "{findings:#?}");
}

fn compare(
    contract: &ApiDocument,
    wanted: Operation<'_>,
    ours: &ApiDocument,
    found: Operation<'_>,
) -> Vec<String> {
    let mut findings = Vec::new();
    let parameters = found.parameters();
    for parameter in wanted.parameters() {
        let same = |own: &&Value| own["name"] == parameter["name"] && own["in"] == parameter["in"];
        match parameters.iter().copied().find(same) {
            None => findings.push(format!("no parameter {}", parameter["name"])),
            Some(own) if own["required"] == true && parameter["required"] != true => {
                findings.push(format!("parameter {} is demanded", parameter["name"]));
            }
            Some(_) => {}
        }
    }
    let wanted_codes = wanted
        .codes()
        .into_iter()
        .filter(|code| RETIRED.iter().all(|(retired, _)| retired != code));
    let logged = found.value["x-logged-codes"].as_array().into_iter().flatten();
    let own: BTreeSet<u64> = found
        .codes()
        .into_iter()
        .chain(logged.filter_map(Value::as_u64))
        .collect();
    findings.extend(
        wanted_codes
            .filter(|code| !own.contains(code))
            .map(|code| format!("no code {code}")),
    );
    compare_bodies(contract, wanted, ours, found, &mut findings);
    let success = |document: &ApiDocument, operation: Operation<'_>| {
        let responses = document.resolve(&operation.value["responses"]["200"]).clone();
        fields(
            document,
            &responses["content"]["application/json"]["schema"],
            Which::Required,
        )
    };
    let (needed, given) = (success(contract, wanted), success(ours, found));
    let missing = needed
        .iter()
        .filter(|(path, _)| is_success(path) && !given.iter().any(|(own, _)| own == path));
    findings.extend(missing.map(|(path, _)| format!("no field {path} in the answer")));
    for (path, kind) in &needed {
        let other = given
            .iter()
            .find(|(own, kinds)| own == path && !kinds.is_empty() && !kind.is_empty());
        if let Some((_, own)) = other
            && own.is_disjoint(kind)
        {
            findings.push(format!("{path} of the answer is {own:?} instead of {kind:?}"));
        }
    }
    findings
}

/// Every field and media type that pages send is read, and no more is demanded than they send.
fn compare_bodies(
    contract: &ApiDocument,
    wanted: Operation<'_>,
    ours: &ApiDocument,
    found: Operation<'_>,
    findings: &mut Vec<String>,
) {
    let body = |document: &ApiDocument, operation: Operation<'_>| {
        document.resolve(&operation.value["requestBody"])["content"].clone()
    };
    let (sent, read) = (body(contract, wanted), body(ours, found));
    for (media_type, media) in sent.as_object().into_iter().flatten() {
        let Some(own) = read.get(media_type) else {
            findings.push(format!("no body as {media_type}"));
            continue;
        };
        let names = |document, media: &Value, which| -> BTreeSet<String> {
            fields(document, &media["schema"], which)
                .into_iter()
                .map(|(path, _)| path)
                .collect()
        };
        let unread: Vec<String> = names(contract, media, Which::All)
            .difference(&names(ours, own, Which::All))
            .cloned()
            .collect();
        if !unread.is_empty() {
            findings.push(format!("{unread:?} of the body are not read"));
        }
        let demanded: Vec<String> = names(ours, own, Which::Required)
            .difference(&names(contract, media, Which::Required))
            .cloned()
            .collect();
        if !demanded.is_empty() {
            findings.push(format!("{demanded:?} of the body are demanded"));
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    All,
    Required,
}

/// Fields of a schema with the types they may have, as `.data[].id`; of several alternatives all fields.
fn fields(document: &ApiDocument, schema: &Value, which: Which) -> Vec<(String, BTreeSet<String>)> {
    let mut found = Vec::new();
    collect(document, schema, which, "", &mut found);
    found
}

fn collect(
    document: &ApiDocument,
    schema: &Value,
    which: Which,
    at: &str,
    found: &mut Vec<(String, BTreeSet<String>)>,
) {
    let schema = document.resolve(schema);
    for keyword in ["oneOf", "anyOf", "allOf"] {
        for part in schema[keyword].as_array().into_iter().flatten() {
            let is_refusal = document.resolve(part)["properties"]["error"].is_object();
            if !is_refusal
                && !part.to_string().contains("/Refusal\"")
                && !part.to_string().contains("Error\"")
            {
                collect(document, part, which, at, found);
            }
        }
    }
    if schema["items"].is_object() {
        collect(document, &schema["items"], which, &format!("{at}[]"), found);
    }
    let required = schema["required"].as_array();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let is_required = required.is_some_and(|required| required.iter().any(|word| word == name));
        if which == Which::All || is_required {
            let path = format!("{at}.{name}");
            found.push((path.clone(), types(document, property)));
            collect(document, property, which, &path, found);
        }
    }
}

/// `{"code":201,…}` has fields of its own; they are compared as well.
fn is_success(path: &str) -> bool {
    !path.starts_with(".error")
}

fn types(document: &ApiDocument, schema: &Value) -> BTreeSet<String> {
    match &document.resolve(schema)["type"] {
        Value::String(name) => BTreeSet::from([name.clone()]),
        Value::Array(names) => names
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => BTreeSet::new(),
    }
}
