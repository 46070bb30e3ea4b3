//! How long files, functions and handlers may be, and how a file begins.

use tests::workspace::{self, SourceFile};

use super::assert_none;

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 60;
const HANDLER_LINES: usize = 20;
/// A table of cases is part of its test.
const TEST_LINES: usize = 100;

#[test]
fn every_file_begins_with_what_it_is_the_place_for() {
    let files = workspace::rust_files();
    let silent = files.iter().filter(|file| !file.text.starts_with("//! "));
    assert_none(
        "the first line is `//!` and a sentence",
        silent.map(|file| file.path.clone()).collect(),
    );
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let files = workspace::rust_files();
    let lengths = files.iter().map(|file| (&file.path, file.text.lines().count()));
    let long = lengths.filter(|(_, length)| *length > FILE_LINES);
    assert_none(
        "too long",
        long.map(|(path, length)| format!("{path}: {length} lines"))
            .collect(),
    );
}

#[test]
fn no_function_is_longer_than_60_lines_and_no_handler_than_20() {
    let mut findings = Vec::new();
    for file in workspace::rust_files() {
        for Function {
            name,
            length,
            is_async,
        } in functions(&file)
        {
            let limit = match file.path.contains("-svc/src/http/") && is_async {
                true => HANDLER_LINES,
                false if file.is_test => TEST_LINES,
                false => FUNCTION_LINES,
            };
            if length > limit {
                findings.push(format!(
                    "{}: {name} has {length} lines, at most {limit}",
                    file.path
                ));
            }
        }
    }
    assert_none("too long", findings);
}

struct Function<'a> {
    name: &'a str,
    /// In lines, from the one with the name to the closing brace.
    length: usize,
    is_async: bool,
}

/// Every function but those that a macro writes. Relies on rustfmt: a function ends at the brace below its first letter.
fn functions(file: &SourceFile) -> Vec<Function<'_>> {
    let lines: Vec<&str> = file.text.lines().collect();
    let mut found = Vec::new();
    for (begin, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let indent = line.len() - line.trim_start().len();
        let is_end = |later: &&str| later.len() == indent + 1 && later.ends_with('}') && later.trim() == "}";
        if let Some(length) = lines[begin..].iter().position(is_end) {
            found.push(Function {
                name,
                length: length + 1,
                is_async: line.contains("async fn "),
            });
        }
    }
    found
}

/// The name of the function that a line begins with a body to come.
fn function_name(line: &str) -> Option<&str> {
    let code = line.trim_start();
    let is_one_line = code.ends_with('}') || code.ends_with(';');
    let rest = code
        .trim_start_matches("pub ")
        .trim_start_matches("pub(crate) ")
        .trim_start_matches("pub(super) ")
        .trim_start_matches("const ")
        .trim_start_matches("async ")
        .strip_prefix("fn ")?;
    let end = rest.find(['(', '<'])?;
    (!is_one_line && !rest.starts_with('$')).then_some(&rest[..end])
}
