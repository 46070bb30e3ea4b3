//! What an update of a hash did to it: the fields to write and the fields to remove.

use std::collections::BTreeMap;

/// The difference between two states of a hash.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    /// Fields that are new or have another value.
    pub(super) written: Vec<(String, String)>,
    /// Fields that are no longer there.
    pub(super) removed: Vec<String>,
}

impl Changes {
    pub(super) fn between(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Self {
        let written = after
            .iter()
            .filter(|(field, value)| before.get(*field) != Some(*value));
        let removed = before.keys().filter(|field| !after.contains_key(*field));
        Self {
            written: written
                .map(|(field, value)| (field.clone(), value.clone()))
                .collect(),
            removed: removed.cloned().collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.written.is_empty() && self.removed.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
        fields
            .iter()
            .map(|(field, value)| ((*field).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn only_fields_that_differ_are_written_or_removed() {
        let changes = Changes::between(
            &hash(&[("gone", "1"), ("kept", "2"), ("other", "3")]),
            &hash(&[("kept", "2"), ("new", "5"), ("other", "4")]),
        );
        assert_eq!(changes.removed, ["gone"]);
        let written = [
            ("new".to_owned(), "5".to_owned()),
            ("other".to_owned(), "4".to_owned()),
        ];
        assert_eq!(changes.written, written);
    }

    #[test]
    fn equal_hashes_have_no_changes() {
        assert!(Changes::between(&hash(&[("a", "1")]), &hash(&[("a", "1")])).is_empty());
    }
}
