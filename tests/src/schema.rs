//! A small JSON Schema check, stricter than the standard in two ways: a field that a schema does not name is a finding
//! unless the schema says `additionalProperties`, and so is a keyword that is not understood here.

use std::collections::BTreeMap;
use std::sync::Mutex;

use regex::Regex;
use serde_json::Value;

/// Keywords that say nothing about what is allowed.
const REMARKS: [&str; 7] = [
    "description",
    "title",
    "example",
    "examples",
    "default",
    "format",
    "deprecated",
];
/// References that lead to references, at most.
const MAX_HOPS: usize = 20;

/// The schemas of a document.
#[derive(Clone, Copy, Debug)]
pub struct Schemas<'d>(pub &'d Value);

/// Whether fields that are not named may stand there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fields {
    /// Those that are named only.
    Named,
    /// Decided by whoever put several schemas together.
    DecidedElsewhere,
}

impl<'d> Schemas<'d> {
    /// Everything about `value` that `schema` does not allow.
    pub fn findings(self, schema: &'d Value, value: &Value) -> Vec<String> {
        self.check(schema, value, Fields::Named, "answer")
    }

    /// Follows references until there is something else.
    pub fn resolve(self, mut schema: &'d Value) -> &'d Value {
        for _ in 0..MAX_HOPS {
            match schema["$ref"].as_str() {
                None => return schema,
                Some(reference) => {
                    let pointer = reference
                        .strip_prefix('#')
                        .expect("a reference within the document");
                    schema = self
                        .0
                        .pointer(pointer)
                        .unwrap_or_else(|| panic!("{reference} leads nowhere"));
                }
            }
        }
        panic!("references in a circle: {schema}");
    }

    fn check(self, schema: &'d Value, value: &Value, fields: Fields, at: &str) -> Vec<String> {
        let schema = self.resolve(schema);
        let mut out = Vec::new();
        for (keyword, rule) in schema.as_object().expect("a schema is an object") {
            match keyword.as_str() {
                "allOf" => {
                    for part in rule.as_array().into_iter().flatten() {
                        out.extend(self.check(part, value, Fields::DecidedElsewhere, at));
                    }
                }
                "oneOf" | "anyOf" => out.extend(self.check_choice(keyword, rule, value, at)),
                "properties" => {
                    for (name, property) in rule.as_object().into_iter().flatten() {
                        if let Some(field) = value.get(name) {
                            out.extend(self.check(property, field, Fields::Named, &format!("{at}.{name}")));
                        }
                    }
                }
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        out.extend(self.check(rule, item, Fields::Named, &format!("{at}[{index}]")));
                    }
                }
                "additionalProperties" => {} // with the fields, below
                remark if REMARKS.contains(&remark) || remark.starts_with("x-") => {}
                keyword => check_plain(keyword, rule, value, at, &mut out),
            }
        }
        if fields == Fields::Named && value.is_object() && is_about_objects(schema) {
            out.extend(self.check_fields(schema, value, at));
        }
        out
    }

    /// Exactly one part allows it; of several that do not, the nearest tells why.
    fn check_choice(self, keyword: &str, parts: &'d Value, value: &Value, at: &str) -> Vec<String> {
        let parts = parts.as_array().into_iter().flatten();
        let tried: Vec<Vec<String>> = parts
            .map(|part| self.check(part, value, Fields::Named, at))
            .collect();
        match tried.iter().filter(|findings| findings.is_empty()).count() {
            0 => tried.into_iter().min_by_key(Vec::len).unwrap_or_default(),
            several if several > 1 && keyword == "oneOf" => {
                vec![format!("{at} is {several} of what it must be one of")]
            }
            _ => Vec::new(),
        }
    }

    fn check_fields(self, schema: &'d Value, value: &Value, at: &str) -> Vec<String> {
        let mut named = BTreeMap::new();
        let rest = self.named_fields(schema, &mut named);
        let mut out = Vec::new();
        for (name, field) in value.as_object().into_iter().flatten() {
            match (named.contains_key(name.as_str()), rest) {
                (true, _) | (false, Some(Value::Bool(true))) => {}
                (false, None | Some(Value::Bool(false))) => {
                    out.push(format!("{at}.{name} is not in the document"));
                }
                (false, Some(rest)) => {
                    out.extend(self.check(rest, field, Fields::Named, &format!("{at}.{name}")));
                }
            }
        }
        out
    }

    /// Collects the fields that a schema and its `allOf` parts name; what they say of all others.
    fn named_fields(self, schema: &'d Value, named: &mut BTreeMap<&'d str, &'d Value>) -> Option<&'d Value> {
        let schema = self.resolve(schema);
        let own = schema["properties"].as_object().into_iter().flatten();
        named.extend(own.map(|(name, property)| (name.as_str(), property)));
        let mut rest = schema.get("additionalProperties");
        for part in schema["allOf"].as_array().into_iter().flatten() {
            rest = self.named_fields(part, named).or(rest);
        }
        rest
    }
}

fn is_about_objects(schema: &Value) -> bool {
    ["properties", "additionalProperties", "allOf"]
        .iter()
        .any(|keyword| schema.get(keyword).is_some())
        || schema["type"] == "object"
}

/// The keywords that look at one value by itself.
fn check_plain(keyword: &str, rule: &Value, value: &Value, at: &str, out: &mut Vec<String>) {
    let number = |value: &Value| value.as_i64();
    let is_within = |has: Option<usize>, is_enough: fn(i64, i64) -> bool| match (has, number(rule)) {
        (Some(has), Some(limit)) => is_enough(i64::try_from(has).unwrap_or(i64::MAX), limit),
        _ => true,
    };
    let characters = value.as_str().map(|text| text.chars().count());
    let items = value.as_array().map(Vec::len);
    let is_allowed = match keyword {
        "type" => is_of_type(rule, value),
        "const" => rule == value,
        "enum" => rule.as_array().is_some_and(|allowed| allowed.contains(value)),
        "required" => {
            let missing = |name: &&Value| value.get(name.as_str().unwrap_or_default()).is_none();
            !value.is_object() || !rule.as_array().into_iter().flatten().any(|name| missing(&name))
        }
        "minLength" => is_within(characters, |has, limit| has >= limit),
        "maxLength" => is_within(characters, |has, limit| has <= limit),
        "minItems" => is_within(items, |has, limit| has >= limit),
        "maxItems" => is_within(items, |has, limit| has <= limit),
        "minimum" => number(value)
            .zip(number(rule))
            .is_none_or(|(has, limit)| has >= limit),
        "maximum" => number(value)
            .zip(number(rule))
            .is_none_or(|(has, limit)| has <= limit),
        "pattern" => value.as_str().is_none_or(|text| matches(rule, text)),
        unknown => {
            out.push(format!("{at}: keyword {unknown} is not understood by this check"));
            true
        }
    };
    if !is_allowed {
        out.push(format!("{at}: {keyword} {rule} does not allow {value}"));
    }
}

/// Journeys check thousands of answers, and a pattern takes longer to build than to match.
fn matches(pattern: &Value, text: &str) -> bool {
    static PATTERNS: Mutex<BTreeMap<String, Regex>> = Mutex::new(BTreeMap::new());
    let pattern = pattern.as_str().expect("a pattern");
    let mut patterns = PATTERNS.lock().expect("patterns");
    let known = patterns
        .entry(pattern.to_owned())
        .or_insert_with(|| Regex::new(pattern).expect("a pattern"));
    known.is_match(text)
}

fn is_of_type(rule: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str().unwrap_or_default() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{other} is no type"),
    };
    match rule {
        Value::Array(types) => types.iter().any(is),
        name => is(name),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn findings(schema: &Value, value: &Value) -> Vec<String> {
        let document = json!({"components": {"schemas": {"Refusal": {
            "type": "object", "required": ["code"], "properties": {"code": {"type": "integer"}, "error": {"type": "string"}},
        }}}});
        // Schemas of the document live as long as it does; a test may leak a few bytes.
        let document: &'static Value = Box::leak(Box::new(document));
        let schema: &'static Value = Box::leak(Box::new(schema.clone()));
        Schemas(document).findings(schema, value)
    }

    #[test]
    fn a_field_that_is_not_named_is_found_also_across_all_of() {
        let refusal = json!({"allOf": [
            {"$ref": "#/components/schemas/Refusal"}, {"type": "object", "properties": {"code": {"enum": [403]}}},
        ]});
        assert!(findings(&refusal, &json!({"code": 403, "error": "x"})).is_empty());
        assert_eq!(findings(&refusal, &json!({"code": 403, "secret": 1})).len(), 1);
        assert_eq!(findings(&refusal, &json!({"code": 404})).len(), 1);
        let open = json!({"type": "object", "properties": {}, "additionalProperties": {"type": "integer"}});
        assert!(findings(&open, &json!({"21": 3})).is_empty());
        assert_eq!(findings(&open, &json!({"21": "3"})).len(), 1);
    }

    #[test]
    fn one_of_several_must_fit_and_the_nearest_tells_why_it_does_not() {
        let schema = json!({"oneOf": [
            {"type": "object", "required": ["code", "data"], "properties": {"code": {"const": 200}, "data": {"type": "array", "items": {"type": "integer"}}}},
            {"type": "object", "required": ["code", "error"], "properties": {"code": {"enum": [1, 2]}, "error": {"type": "string"}}},
        ]});
        assert!(findings(&schema, &json!({"code": 200, "data": [1]})).is_empty());
        assert_eq!(
            findings(&schema, &json!({"code": 200, "data": [1, "2"]})),
            [r#"answer.data[1]: type "integer" does not allow "2""#]
        );
        assert_eq!(findings(&schema, &json!({"code": 3, "error": "x"})).len(), 1);
    }

    #[test]
    fn limits_hold_and_unknown_keywords_are_found() {
        for (schema, good, bad) in [
            (
                json!({"minLength": 2, "maxLength": 3}),
                json!("达达"),
                json!("达"),
            ),
            (json!({"pattern": "^[0-9]+$"}), json!("7"), json!("x7")),
            (json!({"minimum": 1, "maximum": 3}), json!(3), json!(4)),
            (json!({"minItems": 1}), json!([1]), json!([])),
            (json!({"type": ["string", "null"]}), json!(null), json!(1)),
        ] {
            assert!(findings(&schema, &good).is_empty(), "{schema}");
            assert_eq!(findings(&schema, &bad).len(), 1, "{schema}");
        }
        assert_eq!(findings(&json!({"multipleOf": 2}), &json!(4)).len(), 1);
    }
}
