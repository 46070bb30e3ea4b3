//! Rules of docs/style.md and ARCHITECTURE.md that no lint can hold, checked on the text of the sources.

mod documents;
mod imports;
mod layers;
mod operations;
mod shape;
mod sizes;
mod words;

/// Fails with every finding, so that all can be mended at once.
fn assert_none(rule: &str, findings: Vec<String>) {
    assert!(findings.is_empty(), "{rule}:\n  {}", findings.join("\n  "));
}

/// Whether `text` holds `word` with no letter, digit or underscore beside it.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].chars().next_back().is_some_and(is_part)
            && !text[at + word.len()..].chars().next().is_some_and(is_part)
    })
}
