//! Words that must not stand where they stand: the shop's in `common`, and shortcuts anywhere.

use tests::workspace;

use super::assert_none;

/// Nouns of the shop, as parts of names. `order` alone is also the word for sequence.
const SHOP_NOUNS: [&str; 12] = [
    "cart", "carts", "sku", "skus", "payment", "payments", "alipay", "checkout", "orders", "goods",
    "freight", "receipt",
];

/// Beginnings of paths in `common` that may know the shop: the contracts between services, and where they are used.
const MAY_KNOW_THE_SHOP: [&str; 2] = ["common/src/contracts/", "common/tests/"];

/// Shortcuts, each with the way to go instead. Those that clippy.toml bans are not repeated here.
const SHORTCUTS: [(&str, &str); 4] = [
    ("map_err(|_|", "keep the cause"),
    ("todo!", "finish it"),
    ("FIXME", "mend it"),
    ("TODO", "mend it, or name an issue"),
];

/// Who may look at the environment.
const READS_THE_ENVIRONMENT: [&str; 3] = [
    "common/src/settings/source.rs",
    "common/src/crashpoint.rs",
    "tests/",
];

#[test]
fn common_knows_no_word_of_the_shop_outside_its_contracts() {
    let mut findings = Vec::new();
    for file in workspace::rust_files() {
        let is_plumbing = file.crate_name() == "common"
            && !MAY_KNOW_THE_SHOP.iter().any(|path| file.path.starts_with(path));
        if !is_plumbing {
            continue;
        }
        for (number, line) in file.code_lines() {
            for name in names(&without_texts(line)) {
                findings.push(format!("{}:{number}: {name}", file.path));
            }
        }
    }
    assert_none("shop words live in contracts/", findings);
}

#[test]
fn no_shortcut_is_taken() {
    let mut findings = Vec::new();
    for file in workspace::rust_files()
        .iter()
        .filter(|file| !file.path.contains("/tests/it/tidy/"))
    {
        for (number, line) in file.lines() {
            for (shortcut, instead) in SHORTCUTS {
                if line.contains(shortcut) {
                    findings.push(format!("{}:{number}: {shortcut}: {instead}", file.path));
                }
            }
        }
    }
    assert_none("shortcuts", findings);
}

#[test]
fn settings_are_read_in_one_place() {
    let mut findings = Vec::new();
    for file in workspace::rust_files() {
        let may = READS_THE_ENVIRONMENT
            .iter()
            .any(|path| file.path.starts_with(path))
            || file.path.contains("/tests/it/");
        if !may {
            let lines = file.code_lines().filter(|(_, line)| line.contains("env::var"));
            findings.extend(lines.map(|(number, _)| format!("{}:{number}", file.path)));
        }
    }
    assert_none("settings come from common::settings", findings);
}

#[test]
fn no_code_panics_on_purpose_outside_tests_and_main() {
    let mut findings = Vec::new();
    for file in workspace::rust_files() {
        if file.is_test || file.path.starts_with("tests/") || file.path.ends_with("/main.rs") {
            continue;
        }
        for (number, line) in file.code_lines() {
            if line.contains(".unwrap()") || line.contains(".expect(") {
                findings.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    assert_none("an error is handled or handed on", findings);
}

/// Names in the line that have a noun of the shop as a part: `sku_id`, `CartLine`.
fn names(line: &str) -> Vec<String> {
    let all = line
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|name| !name.is_empty());
    let is_shop = |name: &&str| {
        let parts = parts(name);
        SHOP_NOUNS
            .iter()
            .any(|noun| parts.iter().any(|part| part == noun))
            || parts.join("_").contains("order_id")
    };
    all.filter(is_shop).map(str::to_owned).collect()
}

/// The words that a name is made of, in small letters.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for c in name.chars() {
        if c == '_'
            || (c.is_uppercase()
                && parts
                    .last()
                    .is_some_and(|part| part.chars().any(char::is_lowercase)))
        {
            parts.push(String::new());
        }
        if c != '_'
            && let Some(part) = parts.last_mut()
        {
            part.push(c);
        }
    }
    parts.into_iter().map(|part| part.to_lowercase()).collect()
}

/// The line with its quoted texts taken out.
fn without_texts(line: &str) -> String {
    line.split('"').step_by(2).collect()
}
