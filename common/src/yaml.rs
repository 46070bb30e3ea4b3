//! YAML as JSON: the API documents are written in YAML, where texts and references take half the room.

use serde_json::{Map, Number, Value};
use yaml_rust2::yaml::Hash;
use yaml_rust2::{ScanError, Yaml, YamlLoader};

/// Begins a mapping with the entries of another one, which its own entries replace.
const MERGE_KEY: &str = "<<";

/// Text that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum YamlError {
    /// It is no YAML; the cause says where.
    #[error("not YAML")]
    Syntax(#[from] ScanError),
    /// JSON has no such value.
    #[error("{0} cannot be said in JSON")]
    NotJson(String),
}

/// The one document in `text`. Anchors, aliases and merge keys are resolved; keys may be numbers, which become text.
///
/// # Errors
/// Text that is not YAML, a key that stands twice, or a value that JSON does not have.
pub fn read(text: &str) -> Result<Value, YamlError> {
    match YamlLoader::load_from_str(text)?.as_slice() {
        [document] => value(document),
        documents => Err(YamlError::NotJson(format!("{} documents", documents.len()))),
    }
}

fn value(yaml: &Yaml) -> Result<Value, YamlError> {
    match yaml {
        Yaml::Null => Ok(Value::Null),
        Yaml::Boolean(truth) => Ok(Value::Bool(*truth)),
        Yaml::Integer(number) => Ok(Value::from(*number)),
        Yaml::Real(text) => text
            .parse()
            .ok()
            .and_then(Number::from_f64)
            .map(Value::Number)
            .ok_or_else(|| YamlError::NotJson(text.clone())),
        Yaml::String(text) => Ok(Value::String(text.clone())),
        Yaml::Array(items) => items.iter().map(value).collect(),
        Yaml::Hash(entries) => Ok(Value::Object(mapping(entries)?)),
        Yaml::Alias(_) | Yaml::BadValue => Err(YamlError::NotJson(format!("{yaml:?}"))),
    }
}

fn mapping(entries: &Hash) -> Result<Map<String, Value>, YamlError> {
    let mut map = Map::new();
    if let Some(Yaml::Hash(inherited)) = entries.get(&Yaml::String(MERGE_KEY.to_owned())) {
        map = mapping(inherited)?;
    }
    for (key, entry) in entries {
        let key = match key {
            Yaml::String(key) if key == MERGE_KEY => continue,
            Yaml::String(key) => key.clone(),
            Yaml::Integer(key) => key.to_string(),
            other => return Err(YamlError::NotJson(format!("the key {other:?}"))),
        };
        map.insert(key, value(entry)?);
    }
    Ok(map)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn aliases_and_merge_keys_are_resolved() {
        let text = "a: &a {x: 1, y: ['2', no, null]}\nb: {<<: *a, x: 3.5}\nc: *a\n200: true";
        let y = json!(["2", "no", null]);
        let expected =
            json!({"a": {"x": 1, "y": y}, "b": {"x": 3.5, "y": y}, "c": {"x": 1, "y": y}, "200": true});
        assert_eq!(read(text).unwrap(), expected);
    }

    #[test]
    fn what_is_no_single_document_of_json_is_refused() {
        for text in ["", "a: [", "a: 1\na: 2", "--- a\n--- b", "[.nan]", "{[1]: 2}"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
