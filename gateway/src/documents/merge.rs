//! Puts the API document together: the head, the services' parts, and what the gateway itself may answer anywhere.

use common::api_document::{ServiceDocument, rows};
use common::error_codes::shared;
use serde_json::{Map, Value, json};

/// What the gateway may answer instead of a service, to any request.
const TRANSPORT: [(&str, &str); 9] = [
    ("400", "请求格式错误 · The request is malformed"),
    ("408", "请求超时 · The request took too long to arrive"),
    ("413", "请求内容过大 · The body is too large"),
    ("414", "请求地址过长 · The address is too long"),
    ("429", "请求过于频繁 · Too many requests"),
    ("431", "请求头过大 · The headers are too large"),
    ("502", "服务暂时不可用 · The service cannot be reached"),
    ("503", "服务繁忙 · The service is busy"),
    ("504", "服务响应超时 · The service took too long"),
];
/// Methods as OpenAPI writes them.
const METHODS: [&str; 7] = ["get", "head", "post", "put", "patch", "delete", "options"];
/// Lists the codes that an operation may give.
const CODES: &str = "x-error-codes";
/// At the top: what each code means.
const CODE_TABLE: &str = "x-error-code-table";
/// How the last code of a service's hundred ends: what can happen everywhere.
const UNEXPECTED: &str = "99";

/// The document of the whole shop. `x-error-codes` of each operation becomes part of its schema, so that any validator
/// knows which codes it may give. Of two parts that name the same thing, the first counts.
pub fn merge<'d>(head: Value, parts: impl IntoIterator<Item = &'d ServiceDocument>) -> Value {
    let mut document = head;
    document["info"]["version"] = json!(env!("CARGO_PKG_VERSION"));
    for item in document["paths"]
        .as_object_mut()
        .into_iter()
        .flat_map(Map::values_mut)
    {
        for_each_operation(item, |operation| complete(operation, None));
    }
    let mut table = rows(shared::ALL);
    for part in parts {
        let everywhere = part.error_codes.keys().find(|code| code.ends_with(UNEXPECTED));
        let everywhere = everywhere.and_then(|code| code.parse::<u32>().ok());
        for (path, item) in entries(&part.openapi["paths"]) {
            let mut item = item.clone();
            for_each_operation(&mut item, |operation| complete(operation, everywhere));
            add(&mut document["paths"], path, item);
        }
        for (kind, named) in entries(&part.openapi["components"]) {
            for (name, component) in entries(named) {
                add(&mut document["components"][kind], name, component.clone());
            }
        }
        table.extend(part.error_codes.clone());
    }
    document[CODE_TABLE] = Value::Object(table);
    document
}

/// Adds to an operation what follows from its codes and from its way through the gateway.
fn complete(operation: &mut Map<String, Value>, everywhere: Option<u32>) {
    if let Some(Value::Array(codes)) = operation.get_mut(CODES) {
        codes.extend(everywhere.map(Value::from));
        codes.sort_by_key(Value::as_u64);
        let refusal = json!({
            "allOf": [
                {"$ref": "#/components/schemas/Refusal"},
                {"type": "object", "properties": {"code": {"enum": codes}}},
            ],
        });
        let answer = operation
            .get_mut("responses")
            .and_then(|responses| responses.pointer_mut("/200/content/application~1json"));
        if let Some(answer) = answer {
            let success = answer["schema"].take();
            // What is no JSON when all is well, such as a table for a spreadsheet, is only refused in JSON.
            let is_refusal = success["$ref"] == refusal["allOf"][0]["$ref"];
            answer["schema"] = if is_refusal {
                refusal
            } else {
                json!({"oneOf": [success, refusal]})
            };
        }
    }
    if let Some(responses) = operation.get_mut("responses") {
        for (status, description) in TRANSPORT {
            let response = json!({
                "description": description,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}},
            });
            match responses.get_mut(status) {
                None => add(responses, status, response),
                Some(own) => add(
                    &mut own["content"],
                    "application/json",
                    response["content"]["application/json"].clone(),
                ),
            }
        }
    }
}

fn for_each_operation(item: &mut Value, mut change: impl FnMut(&mut Map<String, Value>)) {
    for method in METHODS {
        if let Some(Value::Object(operation)) = item.get_mut(method) {
            change(operation);
        }
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn add(map: &mut Value, name: &str, value: Value) {
    if map.is_null() {
        *map = Value::Object(Map::new());
    }
    if let Value::Object(map) = map {
        map.entry(name.to_owned()).or_insert(value);
    }
}
