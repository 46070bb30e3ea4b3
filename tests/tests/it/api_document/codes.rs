//! That the codes in the document are those of the services' tables, and that none of theirs is left out.

use std::collections::BTreeSet;

use common::error_codes::{ErrorCode, shared};
use serde_json::Value;
use tests::document;

/// Codes that no caller from outside is ever given: they name cases in logs, or answer other services.
const INSIDE: [u32; 7] = [10506, 10507, 10508, 10512, 10513, 10514, 10515];

#[test]
fn every_code_in_the_document_stands_in_a_table() {
    let document = document::of_sources();
    let mut findings = Vec::new();
    for operation in document.operations() {
        for code in operation.codes() {
            if document.0["x-error-code-table"].get(code.to_string()).is_none() {
                findings.push(format!("{} {}: {code}", operation.method, operation.path));
            }
        }
    }
    assert!(findings.is_empty(), "no such codes: {findings:#?}");
}

#[test]
fn every_code_of_a_service_is_one_that_some_operation_of_it_may_give() {
    let mut findings = Vec::new();
    for (service, codes) in document::SERVICES {
        let openapi = document::part(service, codes).openapi;
        let given = listed(&openapi);
        let has_staff = openapi["paths"].to_string().contains("\"/v1/staff/");
        let is_missing = |row: &&ErrorCode| !given.contains(&row.code) && !is_inside(row, has_staff);
        let missing = codes.iter().filter(is_missing);
        findings.extend(missing.map(|row| format!("{service}: {} {}", row.code, row.name)));
    }
    assert!(
        findings.is_empty(),
        "given by no documented operation: {findings:#?}"
    );
}

#[test]
fn an_operation_lists_only_codes_of_its_own_service() {
    let mut findings = Vec::new();
    for (service, codes) in document::SERVICES {
        let own = |code: &u32| codes.iter().chain(shared::ALL).any(|row| row.code == *code);
        let foreign = listed(&document::part(service, codes).openapi)
            .into_iter()
            .filter(|code| !own(code));
        findings.extend(foreign.map(|code| format!("{service}: {code}")));
    }
    assert!(findings.is_empty(), "{findings:#?}");
}

/// `…99` can happen everywhere and is listed nowhere by hand; without a back office nobody is refused as no staff.
fn is_inside(row: &ErrorCode, has_staff: bool) -> bool {
    INSIDE.contains(&row.code) || row.name == "UNEXPECTED" || (row.name == "NOT_STAFF" && !has_staff)
}

/// Every number under `x-error-codes` and `x-logged-codes`.
fn listed(openapi: &Value) -> BTreeSet<u32> {
    let paths = openapi["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(_, item)| item.as_object().into_iter().flatten());
    let lists = operations
        .flat_map(|(_, operation)| [operation.get("x-error-codes"), operation.get("x-logged-codes")]);
    let codes = lists.flatten().filter_map(Value::as_array).flatten();
    codes
        .filter_map(|code| u32::try_from(code.as_u64()?).ok())
        .collect()
}
