//! The list of crash points, taken from the sources, so that a new one is tested as soon as it is written.

use std::collections::{BTreeMap, BTreeSet};

use crate::workspace;

const MARK: &str = "crashpoint!(\"";

/// The names of all crash points, by the crate that has them.
pub fn by_crate() -> BTreeMap<String, BTreeSet<String>> {
    let mut points: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in workspace::rust_files() {
        if file.path.starts_with("tests/") {
            continue;
        }
        for (_, line) in file.code_lines() {
            if let Some(name) = named(line) {
                points
                    .entry(file.crate_name().to_owned())
                    .or_default()
                    .insert(name.to_owned());
            }
        }
    }
    points
}

fn named(line: &str) -> Option<&str> {
    let begin = line.find(MARK)? + MARK.len();
    line[begin..].split('"').next()
}
