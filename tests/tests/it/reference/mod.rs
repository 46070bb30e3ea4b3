//! The generated pages of docs/reference: made from the sources, compared with what lies there.
//!
//! `DADASHOP_BLESS=1 cargo test -p tests reference` writes them anew.

mod environment;
mod error_codes;
mod events;

use tests::workspace;

#[test]
fn docs_reference_is_what_the_sources_say() {
    let pages = [
        ("docs/reference/environment.md", environment::page()),
        ("docs/reference/error-codes.md", error_codes::page()),
        ("docs/reference/events.md", events::page()),
    ];
    let is_blessing = std::env::var_os("DADASHOP_BLESS").is_some_and(|value| value == "1");
    let mut stale = Vec::new();
    for (path, page) in pages {
        if workspace::read(path).as_deref() == Some(page.as_str()) {
            continue;
        }
        if is_blessing {
            std::fs::write(workspace::root().join(path), page).expect("written");
        } else {
            stale.push(path);
        }
    }
    assert!(
        stale.is_empty(),
        "{stale:?} differ from the sources: DADASHOP_BLESS=1 cargo test -p tests reference"
    );
}

/// The head of a page; `what` says what it lists.
fn head(title: &str, what: &str) -> String {
    format!(
        "# {title}\n\n<!-- Generated: DADASHOP_BLESS=1 cargo test -p tests reference. Do not edit. -->\n\n{what}\n"
    )
}

/// A row of a table; bars in cells would end them.
fn row(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}
